import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/** Opens records through SunPKCS11: a line in names what to do, a line out says what came of it. */
public class Client {
    private static Provider provider;

    public static void main(String[] arguments) throws Exception {
        provider = Security.getProvider("SunPKCS11").configure(arguments[0]);
        KeyStore store = KeyStore.getInstance("PKCS11", provider);
        store.load(null, arguments[1].toCharArray());
        PrivateKey rsa = (PrivateKey) store.getKey("rsa", null);
        Key aes = store.getKey("aes", null);
        byte[] rsaRecord = Files.readAllBytes(Path.of("record.rsa"));
        byte[] record = Files.readAllBytes(Path.of("record"));
        IvParameterSpec vector = new IvParameterSpec(new byte[16]);
        GCMParameterSpec nonce = new GCMParameterSpec(128, new byte[12]);
        byte[] cbcRecord = run("AES/CBC/PKCS5Padding", Cipher.ENCRYPT_MODE, aes, vector, record);
        byte[] gcmRecord = run("AES/GCM/NoPadding", Cipher.ENCRYPT_MODE, aes, nonce, record);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line; (line = lines.readLine()) != null; ) {
            try {
                byte[] opened =
                        switch (line) {
                            case "rsa" -> run("RSA/ECB/PKCS1Padding", Cipher.DECRYPT_MODE, rsa,
                                    null, rsaRecord);
                            case "cbc" -> run("AES/CBC/PKCS5Padding", Cipher.DECRYPT_MODE, aes,
                                    vector, cbcRecord);
                            case "gcm" -> run("AES/GCM/NoPadding", Cipher.DECRYPT_MODE, aes,
                                    nonce, gcmRecord);
                            default -> sign(rsa, record);
                        };
                String text = line.equals("sign") ? opened.length + " bytes" : new String(opened);
                System.out.println("ok " + text);
            } catch (Exception exception) {
                System.out.println("failed " + chain(exception));
            }
        }
    }

    private static byte[] run(String name, int mode, Key key,
            java.security.spec.AlgorithmParameterSpec parameters, byte[] data) throws Exception {
        Cipher cipher = Cipher.getInstance(name, provider);
        cipher.init(mode, key, parameters);
        return cipher.doFinal(data);
    }

    private static byte[] sign(PrivateKey key, byte[] data) throws Exception {
        Signature signature = Signature.getInstance("SHA256withRSA", provider);
        signature.initSign(key);
        signature.update(data);
        return signature.sign();
    }

    private static String chain(Throwable thrown) {
        String text = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
        return thrown.getCause() == null ? text : text + " < " + chain(thrown.getCause());
    }
}
