#include "query_loop.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { buffer_size = 64 * 1024 };

struct query_loop {
    PGconn *connection;
    char buffer[buffer_size];
};

query_loop *query_loop_open(const char *conninfo) {
    query_loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) return NULL;
    loop->connection = PQconnectdb(conninfo);
    if (PQstatus(loop->connection) == CONNECTION_OK) return loop;
    query_loop_close(loop);
    return NULL;
}

// Copies a row's values, one after the other.
static int copy_row(query_loop *loop, const PGresult *result) {
    size_t used = 0;
    int columns = PQnfields(result);
    for (int column = 0; column < columns; column++) {
        if (PQgetisnull(result, 0, column)) continue;
        size_t length = (size_t)PQgetlength(result, 0, column);
        if (length > buffer_size - used) return -1;
        memcpy(loop->buffer + used, PQgetvalue(result, 0, column), length);
        used += length;
    }
    return 0;
}

long query_loop_run(query_loop *loop, const char *query, long first, long queries, long step, long people) {
    long found = 0;
    for (long number = first; number < first + queries; number++) {
        char name[64];
        snprintf(name, sizeof name, "user%ld", number * step % people);
        const char *values[] = {name};
        PGresult *result = PQexecParams(loop->connection, query, 1, NULL, values, NULL, NULL, 0);
        int status = PQresultStatus(result) == PGRES_TUPLES_OK ? 0 : -1;
        if (status == 0 && PQntuples(result) == 1) {
            status = copy_row(loop, result);
            found++;
        }
        PQclear(result);
        if (status != 0) return -1;
    }
    return found;
}

void query_loop_close(query_loop *loop) {
    if (loop == NULL) return;
    PQfinish(loop->connection);
    free(loop);
}
