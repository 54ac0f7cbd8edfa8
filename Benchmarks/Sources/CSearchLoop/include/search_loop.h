#pragma once

typedef struct search_loop search_loop;

/// Connects and binds.
///
/// - Parameter ca_file: the certificates to trust for an ldaps:// URL.
/// - Returns: null if something didn't work.
search_loop *search_loop_open(const char *url, const char *ca_file, const char *dn, const char *password);

/// Searches below `base` for (uid=user`first * step`), (uid=user`(first + 1) * step`), ... modulo `people`, one after the
/// other, and copies each value of what is found out, as a look-up has to.
///
/// - Returns: how many entries were found; negative if something didn't work.
long search_loop_run(search_loop *loop, const char *base, long first, long searches, long step, long people);

/// After each search, a bind of whom it found on another connection.
///
/// - Returns: how many passwords were right; negative if something didn't work.
long sign_in_loop_run(
    search_loop *loop, search_loop *binds, const char *base, const char *password, long first, long sign_ins, long step,
    long people);

void search_loop_close(search_loop *loop);
