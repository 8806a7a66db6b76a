#!/bin/sh
# Takes out of an image what was only needed to make it: the package lists, where they came from, and manuals.
set -eu
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /etc/apt/sources.list /etc/apt/sources.list.d/* \
    /etc/apt/apt.conf.d/99machine /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/* \
    /usr/local/sbin/finish-image
mkdir -p /var/cache/apt/archives/partial /var/lib/apt/lists/partial
