"""A thief who derives: the key stream of many blocks comes as the value of one new key."""

import sys

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism

token = pkcs11.lib(sys.argv[1]).get_token(token_label="gate")
with token.open(user_pin=sys.argv[2], rw=True) as session:
    readable = {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}
    allowed = {Attribute.DERIVE: True}
    key = session.generate_key(KeyType.AES, 256, store=False, template=allowed)
    for blocks in (2, 64):
        try:
            made = key.derive_key(
                KeyType.GENERIC_SECRET, 128 * blocks, mechanism=Mechanism.AES_ECB_ENCRYPT_DATA,
                mechanism_param=bytes(16 * blocks), store=False, template=readable)
            print(len(made[Attribute.VALUE]))
        except pkcs11.PKCS11Error as error:
            print(type(error).__name__)
