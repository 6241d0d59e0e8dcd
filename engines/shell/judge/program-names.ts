import { looksOf } from '../../../src/base/look-alike.ts';

/** What people and scripts call by these names, they expect to be it: commands of shells, of systems, and guards. */
const names = `
alias bg bind bindkey break builtin case cd command compdef complete continue declare disown do done echo elif else emulate
enable esac eval exec exit export false fc fg fi for function getopts hash help history if in integer jobs kill let local
logout mapfile noglob nocorrect popd print printf pushd pwd read readonly rehash return select set setopt shift shopt source
suspend test then time times trap true type typeset ulimit umask unalias unset until vared wait while zmodload zstyle
abbr begin end fish_add_path functions status string switch
apk apt apt-get aptitude ar arp as at awk base32 base64 basename bash batch bc brew cat cc certbot chage chattr chcon chfn
chgrp chmod chown chpasswd chroot chsh cksum clamscan clear cmp comm cp cpio crontab cryptsetup csh curl cut dash date dd df
diff dig dir dirmngr dirname dmesg dnf doas docker docker-compose dpkg du ed egrep emacs env ex expand expr fail2ban-client
fdisk fgrep file find firewall-cmd fish flatpak fold free fsck ftp g++ gawk gcc getfacl git gpasswd gpg gpg2 gpgconf grep groupadd
groups gunzip gzip halt head helm hg host hostname hostnamectl id ifconfig init insmod install ip ip6tables iptables
journalctl kill killall ksh kubectl last ldd less ln locate login logger logname look losetup ls lsattr lsblk lsof lsmod
mail make man md5sum mkdir mkfifo mkfs mknod mktemp modprobe more mount mv nano nc ncat netstat newgrp nft nice nl nmap
nmcli node nohup npm npx nslookup nvim od op openssl pacman pass passwd paste patch pbcopy pbpaste perl pgrep php ping pip
pip3 pkexec pkg pkill pnpm podman poweroff powershell pr printenv ps pwsh python python2 python3 reboot renice resolvectl restic rg
rkhunter rm rmdir rmmod rsync ruby run-parts runuser rvim screen scp script sed service setenforce setfacl sestatus setsid
sftp sh sha1sum sha256sum sha512sum shred shutdown sleep snap sort split ss ssh ssh-add ssh-agent ssh-copy-id ssh-keygen stat
stty su sudo sudoedit sum svn swapoff swapon sync sysctl systemctl tac tail tar tcpdump tee telnet terraform tmux top touch
tr traceroute trash tree truncate tsc tshark tty ufw umount uname uniq unlink unzip update-alternatives useradd userdel usermod uv uvx vault
vdir vi view vim vimdiff visudo w wall watch wc wg wget whereis which who whoami wipe xargs xxd yarn yay yes yum zcat zip
zsh zypper age ansible aws az bw cargo code cosign doctl fwupdmgr gcloud gh go heroku java keepassxc-cli lpass minisign
mutt mysql osascript psql rclone redis-cli rustup security signify sops spctl csrutil sqlite3 tailscale tccutil
[ [[ { } ! . : %
`;

const programs: ReadonlySet<string> = new Set(names.trim().split(/\s+/).map(looksOf));

/** True for the name of a program or of a word of the shell, and for one that is drawn like it. */
export function isProgram(name: string): boolean {
  return programs.has(looksOf(name)) || /^[\\/]|\//.test(name);
}

/** Programs that others stand in for without doing more than those. */
const successors: Readonly<Record<string, readonly string[]>> = {
  cat: ['bat', 'batcat'],
  dir: ['ls'],
  vdir: ['ls'],
  ls: ['eza', 'exa', 'lsd'],
  more: ['less'],
  python: ['python3'],
  tree: ['eza', 'exa', 'lsd'],
  top: ['htop', 'btop'],
  vi: ['vim', 'nvim'],
  vim: ['nvim'],
  view: ['vim', 'nvim'],
  df: ['duf'],
};

/** True where an alias of this name takes the place of a program that does something else. */
export function standsInFor(name: string, value: string): boolean {
  const [program = ''] = value.split(/\s/);
  const isSame =
    looksOf(program) === looksOf(name) ||
    (Object.hasOwn(successors, name) && successors[name]?.includes(program) === true);
  return isProgram(name) && !isSame;
}
