#pragma once

/// Reads all rows of `query` one by one, in text, and copies each value out.
///
/// - Returns: the number of rows; negative if something didn't work.
long row_loop(const char *conninfo, const char *query);
