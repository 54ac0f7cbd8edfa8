#pragma once
#include <libpq-fe.h>

// Character literals, which Swift doesn't import.
static const int clibpq_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int clibpq_diag_message_primary = PG_DIAG_MESSAGE_PRIMARY;
