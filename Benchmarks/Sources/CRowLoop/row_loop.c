#include "row_loop.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

// As much as a batch of the connector holds, and the longest value of the table.
enum { buffer_size = 256 * 1024, longest = 64 * 1024 };

long row_loop(const char *conninfo, const char *query) {
    long rows = -1;
    char *buffer = malloc(buffer_size + longest);
    PGconn *connection = PQconnectdb(conninfo);
    if (buffer == NULL || PQstatus(connection) != CONNECTION_OK) goto done;
    if (PQsendQueryParams(connection, query, 0, NULL, NULL, NULL, NULL, 0) != 1) goto done;
    if (PQsetSingleRowMode(connection) != 1) goto done;

    rows = 0;
    size_t used = 0;
    PGresult *result;
    while ((result = PQgetResult(connection)) != NULL) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_SINGLE_TUPLE) {
            int columns = PQnfields(result);
            for (int column = 0; column < columns; column++) {
                if (PQgetisnull(result, 0, column)) continue;
                size_t length = (size_t)PQgetlength(result, 0, column);
                if (length > longest) abort();
                memcpy(buffer + used, PQgetvalue(result, 0, column), length);
                used += length;
                if (used > buffer_size) used = 0;
            }
            rows++;
        } else if (status != PGRES_TUPLES_OK) {
            rows = -1;
            PQclear(result);
            break;
        }
        PQclear(result);
    }
done:
    PQfinish(connection);
    free(buffer);
    return rows;
}
