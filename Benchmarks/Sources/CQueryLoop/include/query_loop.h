#pragma once

typedef struct query_loop query_loop;

/// Connects.
///
/// - Returns: null if that didn't work.
query_loop *query_loop_open(const char *conninfo);

/// Runs `query`, whose one parameter is user`first * step`, user`(first + 1) * step`, ... modulo `people`, one after the
/// other, and copies each value of what is found out, as a look-up has to.
///
/// - Returns: how many rows were found; negative if something didn't work.
long query_loop_run(query_loop *loop, const char *query, long first, long queries, long step, long people);

void query_loop_close(query_loop *loop);
