"""A thief who never decrypts: reads a record of AES-CTR with the help of AES-ECB encryption alone."""

import sys

import pkcs11
from pkcs11 import CTRParams, KeyType, Mechanism

token = pkcs11.lib(sys.argv[1]).get_token(token_label="gate")
with token.open(user_pin=sys.argv[2], rw=True) as session:
    key = session.generate_key(KeyType.AES, 256, store=False)
    record, nonce = b"nobody but us has read this one.", bytes(range(12))
    sealed = key.encrypt(record, mechanism=Mechanism.AES_CTR, mechanism_param=CTRParams(nonce))
    blocks = b"".join(nonce + bytes([0, 0, 0, number]) for number in (1, 2))
    for _ in range(int(sys.argv[3])):
        try:
            stream = key.encrypt(blocks, mechanism=Mechanism.AES_ECB, mechanism_param=None)
            print(bytes(a ^ b for a, b in zip(sealed, stream)).decode())
        except pkcs11.PKCS11Error as error:
            print(type(error).__name__)
