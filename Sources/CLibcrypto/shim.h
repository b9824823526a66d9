#ifndef ANCHORBENCH_CLIBCRYPTO_SHIM_H
#define ANCHORBENCH_CLIBCRYPTO_SHIM_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#endif
