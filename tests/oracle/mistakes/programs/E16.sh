# git send-email: the machine's name is no name of a host.
# needs: git
# at: office365
# shows: 5.5.4 Invalid domain name
set -e
git --exec-path >/dev/null
git init -q repo
cd repo
git config user.name me
git config user.email "$FM_USER"
git config sendemail.smtpDomain my_laptop
git config sendemail.smtpServer "$FM_HOST"
git config sendemail.smtpServerPort "$FM_SUBMISSION"
git config sendemail.smtpEncryption tls
git config sendemail.smtpSslCertPath "$FM_CA"
echo hello >hello
git add hello
git commit -q -m hello
git send-email --to="$FM_USER" --suppress-cc=all --confirm=never --smtp-debug=1 --root -1
