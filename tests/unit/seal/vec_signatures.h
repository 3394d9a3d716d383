/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of "I did not write this.\n" made by ssh-keygen (OpenSSH 9.2) and minisign 0.11, by keys
 * that nobody has any more. */
#ifndef EW_TEST_VEC_SIGNATURES_H
#define EW_TEST_VEC_SIGNATURES_H

static const char vec_message[] = "I did not write this.\n";

static const char vec_sha512[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgNrT/NcGxOJfvsVfihSBqrBdSz7\n"
    "LrU9wMmnxig79w/BoAAAAKZWFyd2l0bmVzcwAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gt\n"
    "ZWQyNTUxOQAAAECpkqaYenweMDqG5HjZZGDP6lO7LJKWFIx5/72D1AunEA947VZ/AETta5\n"
    "QsjuYndHkcWd/kGkVLJ/bpokrIDDgJ\n"
    "-----END SSH SIGNATURE-----\n";

static const char vec_sha256[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgNrT/NcGxOJfvsVfihSBqrBdSz7\n"
    "LrU9wMmnxig79w/BoAAAAKZWFyd2l0bmVzcwAAAAAAAAAGc2hhMjU2AAAAUwAAAAtzc2gt\n"
    "ZWQyNTUxOQAAAEC6TDa5gXMafhScXA2SGg0gHEuOU39PbDJPmjmh09Yjsr+Vwd+2Snx2m2\n"
    "gSECaYrlmyAgfFAnPIWHOl3ZKdwrcG\n"
    "-----END SSH SIGNATURE-----\n";

static const char vec_other_use[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgNrT/NcGxOJfvsVfihSBqrBdSz7\n"
    "LrU9wMmnxig79w/BoAAAAEZmlsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQyNTUx\n"
    "OQAAAEBaScilDt96jtfrVSAG1otKZwH1PCYLZNHIRrkdcjcCdX/x01rYHRXPy/KGYVK9Go\n"
    "KJHzVXGSJFwh2uCQwyWCIF\n"
    "-----END SSH SIGNATURE-----\n";

static const char vec_rsa[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAZcAAAAHc3NoLXJzYQAAAAMBAAEAAAGBANmyM6CEIZuSD2Hz1l2KiE\n"
    "IPJo3AY8Ki5CAW+uX3GtOtRUBgZh1iTfN5JIQLF/z/BmDULGF6ns4eKykuarMlVee9ws2N\n"
    "RNW+D7tZLKxOSAoEBP2sbTA4EVzlOPxecKvZb5vSCGqqru9ZmFIKWi/WXYx/8PTKuUKR56\n"
    "f/0p5qane9YQKtU0V2FAgKlkKPP9NsVt0sWnfRQTadzNPpHwZ1Wclu0biTn3iE2XkYXIxj\n"
    "8JYfzQJXZxig8zxDjxCBCH63bd+Kzwc0cmUQYmnxE4WxM9YLC6ukQCF83BF6Q3G/fcI4D5\n"
    "8VIPmBlcSzDhl2UxhCrQ+Q9pU5Z9+0XH4kJ2BJOpuYX2bVafCDU4ZjQVLmKEO7v3VQhetW\n"
    "acuin0o/8sRPKwPwaBtOi14J7+hOnscHH7g8zabSCaNVf9Jn8MYgEQby4QWtjHpDTgallc\n"
    "mrnZmZ0Izjjtz9oe/IAwv5dWdpX3YK4ZUhfg47vqu7rlHeKwbX00rrlIPdOjf5jPi9R8Y+\n"
    "LQAAAAplYXJ3aXRuZXNzAAAAAAAAAAZzaGE1MTIAAAGUAAAADHJzYS1zaGEyLTUxMgAAAY\n"
    "ADo+IsYkuW/Qzjo2skKD/N+YLBO2reDRMksFzM9hE9OEKyym/K8CNYlplJUt1qE4tezD17\n"
    "Uz/Y/88+bfq4qd5kA6gtOTuB8yfpJqGIK+zUc71S6RvSwMXLNctAkJQDUYXJ8UBpMux3We\n"
    "XRvSTYHtfo1xo/Etm+zp18h3nMBhg5ct2SaOlN5GihDvajTl5uAcw+Sg5xzb/IKOW/UsmL\n"
    "tnXFBr8CCMswwUnji7SLBflmt6Mwm6koXnsIiBMGmib7eUf229IPlno9EGMgUycCGENYrk\n"
    "xH5rBjdtlyvEegJutySkMmqNpPPtqvmr4gFzDGchjKQmPtdnVLHVwvOX+G4gouSjzD/1dA\n"
    "ZG4FGLN1AqKlJbdoiE56Qj3DRK0W/Ucc4LidT9wZ//8BXsl5ldhVk3NLMIhLoSQxTU4X0q\n"
    "Qs61WPFL63IzFKx6SoSEZrqM0x/f0TD9pD90TQ9SHo356U9mQEtWEliJVFQfBPDo/xJrYu\n"
    "H0gg8Wa8rvSgyQPZhK0dzZo=\n"
    "-----END SSH SIGNATURE-----\n";

static const char vec_ecdsa[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAGgAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAAhuaXN0cDI1NgAAAE\n"
    "EEUePSSP57AU/aJuiZt0sQxzQPKUChusrdWETTOBpEv660CRLHHGYBTB13NzeaTDsCNsmK\n"
    "3pP3xNb+kpd4w3bl8AAAAAplYXJ3aXRuZXNzAAAAAAAAAAZzaGE1MTIAAABlAAAAE2VjZH\n"
    "NhLXNoYTItbmlzdHAyNTYAAABKAAAAIQCxED3P/Ev5395j0bOzQmbr22RWG6h8tDugXrwm\n"
    "z2/GqAAAACEAi53f/JkQJGqb0boifBWd0mBaQP1uZg8xRW4TIxG0CzM=\n"
    "-----END SSH SIGNATURE-----\n";

static const char vec_minisign[] =
    "untrusted comment: signature from minisign secret key\n"
    "RUSkR2WueiHt100XocISxwFCrI1CK8gJOZixyyCAzV5SLTnf6Q7XEItweDvBjp6hLupg3w1YBsIjtTEwSMBP"
    "d12XvWk7jwVU6wI=\n"
    "trusted comment: about m\n"
    "fw/"
    "4SmNNIkqTzK9EMxKJuILFBniPhJg6eG5Yhir+ti7IVDBHyqLTJ7SigpNLHdkhnEGRfSENxIN5MMt43strCw="
    "=\n";

static const char vec_minisign_old[] =
    "untrusted comment: signature from minisign secret key\n"
    "RWSkR2WueiHt1xVywGmCAPOtN15VefkFmcS+"
    "xgaxYspWobjumNJ60goeyZB8THGn2pj866MeQMjTBey408lW/Fxl/3Xsn60fkw8=\n"
    "trusted comment: timestamp:1795333633\tfile:m\n"
    "5B/NT3u2pCmbM6Jty3V1afNo0B4YTA6orbui5Vtlk4QlYAAI6cj0qAvnRANivaVR67+L9sCX/"
    "kdDvfzrZ7zeAA==\n";

static const char vec_ssh_key[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDa0/zXBsTiX77FX4oUgaqwXUs+y61PcDJp8YoO/cPwa "
    "ann@example";

static const char vec_rsa_key[] =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDZsjOghCGbkg9h89ZdiohCDyaNwGPCouQgFvrl"
    "9xrTrUVAYGYdYk3zeSSECxf8/wZg1Cxhep7OHispLmqzJVXnvcLNjUTVvg+7WSysTkgKBAT9rG0w"
    "OBFc5Tj8XnCr2W+b0ghqqq7vWZhSClov1l2Mf/D0yrlCkeen/9Keamp3vWECrVNFdhQICpZCjz/T"
    "bFbdLFp30UE2nczT6R8GdVnJbtG4k594hNl5GFyMY/CWH80CV2cYoPM8Q48QgQh+t23fis8HNHJl"
    "EGJp8ROFsTPWCwurpEAhfNwRekNxv33COA+fFSD5gZXEsw4ZdlMYQq0PkPaVOWfftFx+JCdgSTqb"
    "mF9m1Wnwg1OGY0FS5ihDu791UIXrVmnLop9KP/LETysD8GgbToteCe/oTp7HBx+4PM2m0gmjVX/S"
    "Z/DGIBEG8uEFrYx6Q04GpZXJq52ZmdCM447c/aHvyAML+XVnaV92CuGVIX4OO76ru65R3isG19NK"
    "65SD3To3+Yz4vUfGPi0= ann@example";

static const char vec_minisign_key[] =
    "untrusted comment: minisign public key D7ED217AAE6547A4\n"
    "RWSkR2WueiHt14WFTPtnkI3TbuGx0sNKuJdGpALV4+G5wv45dWBXoHbj\n";

#endif
