# Net::SMTP: no auth() before mail().
# at: qq
# known: among others
# shows: 503 Error: need EHLO and AUTH first !
use strict;
use warnings;
use Net::SMTP;

my $smtp = Net::SMTP->new($ENV{FM_HOST}, Port => $ENV{FM_SUBMISSION}, Hello => 'laptop.example')
  or die;
$smtp->mail('me@qq.com') or print $smtp->code, ' ', $smtp->message;
$smtp->quit;
