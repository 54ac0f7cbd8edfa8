#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Macros with casts, which Swift can't import.
static inline long copenssl_set_min_tls12(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}
static inline long copenssl_set_server_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name);
}
// Its type is a macro's; OPENSSL_sk_num and OPENSSL_sk_value take it.
static inline const OPENSSL_STACK *copenssl_alternative_names(const X509 *certificate) {
    return (const OPENSSL_STACK *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline void copenssl_free_alternative_names(const OPENSSL_STACK *names) {
    GENERAL_NAMES_free((GENERAL_NAMES *)names);
}
// XN_FLAG_RFC2253 is a sum of macros; letters stay letters.
static inline int copenssl_print_name(BIO *out, const X509_NAME *name) {
    return X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
