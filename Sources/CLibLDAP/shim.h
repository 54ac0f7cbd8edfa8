#pragma once
#include <ldap.h>
#include <lber.h>
// ldap_init_fd, which is for whoever connects the socket himself.
#include <openldap.h>
