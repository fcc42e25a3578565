// Angus Mail (JavaMail): a version of TLS that the JRE has disabled.
// at: 163
// explain: output
// shows: Could not convert socket to TLS…SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)
import java.util.Properties;

public class E10 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    settings.put("mail.smtp.ssl.protocols", "TLSv1");
    Mailer.send(settings, Mailer.USER, Mailer.USER, Mailer.CODE);
  }
}
