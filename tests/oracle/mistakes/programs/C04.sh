# swaks: a name in Chinese gets into MAIL FROM.
# needs: swaks
# at: exmail
# known: among others
# shows: <~* 501 mail from address must be same as authorization user
swaks --server "$FM_HOST" --port "$FM_SUBMISSIONS" --tlsc --auth LOGIN --auth-user "$FM_USER" \
  --auth-password "$FM_CODE" --from '小明@company.example' --to "$FM_USER"
