#pragma once
#include <sqlite3.h>

// A cast, which Swift doesn't import: SQLite copies the value before the call returns.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }
