;; smtpmail: no user name, and the line in authinfo is of another machine.
;; at: qq
;; shows: 503 Error: need EHLO and AUTH
(require 'smtpmail)
(setq smtpmail-smtp-server (getenv "FM_HOST")
      smtpmail-smtp-service (string-to-number (getenv "FM_SUBMISSION"))
      smtpmail-debug-verb t
      nsm-settings-file (expand-file-name "nsm" (getenv "HOME"))
      gnutls-trustfiles (list (getenv "FM_CA"))
      auth-sources (list (expand-file-name "authinfo" (getenv "HOME")))
      user-mail-address "me@qq.com"
      send-mail-function 'smtpmail-send-it)
(with-temp-file (car auth-sources)
  (insert "machine smtp.qq.com login me@qq.com port 465 password " (getenv "FM_CODE") "\n"))
(with-temp-buffer
  (insert "From: me@qq.com\nTo: you@example.test\nSubject: hello\n" mail-header-separator "\nhello\n")
  (condition-case refused
      (smtpmail-send-it)
    (error (message "%s" (error-message-string refused)))))
