// Opens records through OpenSSL and its engine `pkcs11`: a line in names what to do, a line out says
// what came of it.
//
//     openssl MODULE PIN

#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(void) {
    char text[256] = "no reason given";
    unsigned long code;
    printf("failed");
    while ((code = ERR_get_error()) != 0) {
        ERR_error_string_n(code, text, sizeof text);
        printf(" %s;", text);
    }
    puts("");
    fflush(stdout);
}

static int stopped(void) {
    complain();
    return 1;
}

static int open_record(EVP_PKEY *key, ENGINE *engine, unsigned char *out, size_t *room) {
    unsigned char record[512];
    FILE *file = fopen("record.rsa", "rb");
    if (!file) return 0;
    size_t length = fread(record, 1, sizeof record, file);
    fclose(file);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, engine);
    int is_open = EVP_PKEY_decrypt_init(context) > 0 &&
                  EVP_PKEY_decrypt(context, out, room, record, length) > 0;
    EVP_PKEY_CTX_free(context);
    return is_open;
}

static int sign(EVP_PKEY *key, unsigned char *out, size_t *room) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int is_signed = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) > 0 &&
                    EVP_DigestSign(context, out, room, (const unsigned char *)"record", 6) > 0;
    EVP_MD_CTX_free(context);
    return is_signed;
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    ENGINE_load_builtin_engines();
    ENGINE *engine = ENGINE_by_id("pkcs11");
    if (!engine || !ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", arguments[1], 0) ||
        !ENGINE_ctrl_cmd_string(engine, "PIN", arguments[2], 0) || !ENGINE_init(engine))
        return stopped();
    const char *uri = "pkcs11:token=gate;object=rsa;type=private";
    EVP_PKEY *key = ENGINE_load_private_key(engine, uri, NULL, NULL);
    if (!key) return stopped();
    puts("ready");
    fflush(stdout);
    char line[16];
    while (fgets(line, sizeof line, stdin)) {
        unsigned char out[512];
        size_t room = sizeof out;
        int signs = !strncmp(line, "sign", 4);
        ERR_clear_error();
        if (!(signs ? sign(key, out, &room) : open_record(key, engine, out, &room))) {
            complain();
            continue;
        }
        if (signs) printf("ok %zu bytes\n", room);
        else printf("ok %.*s\n", (int)room, out);
        fflush(stdout);
    }
    return 0;
}
