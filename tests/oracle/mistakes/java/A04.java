// JavaMail 1.4.1: mail.smtp.auth is the Boolean true, not the string.
// at: qq
// jars: mail-1.4.1.jar activation-1.1.jar
// known: among others
// shows: SMTPSendFailedException: 503 Error: need EHLO and AUTH first !
import java.util.Properties;
import javax.mail.Authenticator;
import javax.mail.Message;
import javax.mail.PasswordAuthentication;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeMessage;

public class A04 {
  public static void main(String[] words) throws Exception {
    String user = System.getenv("FM_USER");
    Properties settings = new Properties();
    settings.put("mail.smtp.host", System.getenv("FM_HOST"));
    settings.put("mail.smtp.port", System.getenv("FM_SUBMISSION"));
    settings.put("mail.smtp.auth", true);
    Session session = Session.getInstance(settings, new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return new PasswordAuthentication(user, System.getenv("FM_CODE"));
      }
    });
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(user));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress("you@example.test"));
    message.setText("hello");
    Transport.send(message);
  }
}
