"""Opens records through python-pkcs11: a line in names what to do, a line out says what came of it."""

import sys

import pkcs11
from pkcs11 import Mechanism, ObjectClass

token = pkcs11.lib(sys.argv[1]).get_token(token_label="gate")
vector = bytes(16)
with open("record", "rb") as file:
    record = file.read()
with open("record.rsa", "rb") as file:
    rsa_record = file.read()

with token.open(user_pin=sys.argv[2], rw=True) as session:
    aes = session.get_key(object_class=ObjectClass.SECRET_KEY, label="aes")
    rsa = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label="rsa")
    aes_record = aes.encrypt(record, mechanism_param=vector)
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            match line.strip():
                case "rsa":
                    answer = rsa.decrypt(rsa_record, mechanism=Mechanism.RSA_PKCS).decode()
                case "cbc":
                    answer = aes.decrypt(aes_record, mechanism_param=vector).decode()
                case _:
                    signature = rsa.sign(record, mechanism=Mechanism.SHA256_RSA_PKCS)
                    answer = f"{len(signature)} bytes"
            print("ok", answer, flush=True)
        except pkcs11.PKCS11Error as error:
            print("failed", f"{type(error).__name__} {error}".strip(), flush=True)
