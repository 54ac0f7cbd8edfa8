#include "search_loop.h"

#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { buffer_size = 64 * 1024 };

struct search_loop {
    LDAP *handle;
    char buffer[buffer_size];
};

search_loop *search_loop_open(const char *url, const char *ca_file, const char *dn, const char *password) {
    search_loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) return NULL;
    int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, is_server = 0;
    struct berval credentials = {strlen(password), (char *)password};
    if (ldap_initialize(&loop->handle, url) == LDAP_SUCCESS
        && ldap_set_option(loop->handle, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS
        && ldap_set_option(loop->handle, LDAP_OPT_X_TLS_CACERTFILE, ca_file) == LDAP_OPT_SUCCESS
        && ldap_set_option(loop->handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS
        && ldap_set_option(loop->handle, LDAP_OPT_X_TLS_NEWCTX, &is_server) == LDAP_OPT_SUCCESS
        && ldap_sasl_bind_s(loop->handle, dn, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL) == LDAP_SUCCESS)
        return loop;
    search_loop_close(loop);
    return NULL;
}

// Copies an entry's names and values, one after the other.
static int copy_entry(search_loop *loop, LDAPMessage *entry) {
    BerElement *cursor = NULL;
    struct berval name, *values = NULL;
    if (ldap_get_dn_ber(loop->handle, entry, &cursor, &name) != LDAP_SUCCESS) return -1;
    size_t used = 0;
    int status = 0;
    while (status == 0) {
        if (ldap_get_attribute_ber(loop->handle, entry, cursor, &name, &values) != LDAP_SUCCESS) status = -1;
        if (status != 0 || name.bv_val == NULL) break;
        for (struct berval *value = values; value != NULL && value->bv_val != NULL; value++) {
            if (value->bv_len > buffer_size - used) {
                status = -1;
                break;
            }
            memcpy(loop->buffer + used, value->bv_val, value->bv_len);
            used += value->bv_len;
        }
        ber_memfree(values);
    }
    ber_free(cursor, 0);
    return status;
}

long search_loop_run(search_loop *loop, const char *base, long first, long searches, long step, long people) {
    // What the connector asks for.
    char *attributes[] = {"*", "+", "nsUniqueId", NULL};
    long found = 0;
    for (long search = first; search < first + searches; search++) {
        char filter[64];
        snprintf(filter, sizeof filter, "(uid=user%ld)", search * step % people);
        LDAPMessage *reply = NULL;
        if (ldap_search_ext_s(
                loop->handle, base, LDAP_SCOPE_SUBTREE, filter, attributes, 0, NULL, NULL, NULL, 10, &reply)
            != LDAP_SUCCESS) {
            ldap_msgfree(reply);
            return -1;
        }
        LDAPMessage *entry = ldap_first_entry(loop->handle, reply);
        if (entry != NULL) {
            if (copy_entry(loop, entry) != 0) {
                ldap_msgfree(reply);
                return -1;
            }
            found++;
        }
        ldap_msgfree(reply);
    }
    return found;
}

long sign_in_loop_run(
    search_loop *loop, search_loop *binds, const char *base, const char *password, long first, long sign_ins, long step,
    long people) {
    struct berval credentials = {strlen(password), (char *)password};
    long right = 0;
    for (long number = first; number < first + sign_ins; number++) {
        if (search_loop_run(loop, base, number, 1, step, people) != 1) return -1;
        char dn[256];
        snprintf(dn, sizeof dn, "uid=user%ld,%s", number * step % people, base);
        if (ldap_sasl_bind_s(binds->handle, dn, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL) != LDAP_SUCCESS)
            return -1;
        right++;
    }
    return right;
}

void search_loop_close(search_loop *loop) {
    if (loop == NULL) return;
    if (loop->handle != NULL) ldap_unbind_ext_s(loop->handle, NULL, NULL);
    free(loop);
}
