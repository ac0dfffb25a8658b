# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Rows of check-selftest: how code looks, and how big it gets.
#
# shellcheck disable=SC2016

# lines N TEXT: TEXT, N times.
lines()
{
	local i
	for ((i = 0; i < $1; i++)); do
		printf '%b\n' "$2"
	done
}

spdx='SPDX-License-Identifier: GPL-2.0-only'
later='TO''DO'

good licence a.c <<<"// $spdx"
good licence a.h <<<"/* $spdx */"
good licence run <<<"#!/bin/sh"$'\n'"# $spdx"
good licence README.md <<<'no line'
good licence empty.out </dev/null
bad licence 'a.c:1' a.c <<<'int a;'
bad licence 'Kbuild:1' Kbuild <<<'obj-y += a.o'
bad licence 'a.c:1' a.c <<<'// SPDX-License-Identifier: GPL-2.0-or-later'
bad licence 'a.c:1' a.c < <(lines 9 '/* text */'; echo "// $spdx")

good words a.c <<<'BUILD_BUG_ON(sizeof(a) != 4); /* not to''do with mktemp XXXX''XX */'
bad words 'a.c:1' a.c <<<'BUG_ON(a);'
bad words 'a.c:1' a.c <<<'	BUG();'
bad words 'a.c:1' a.c <<<'VM_BUG_ON_PAGE(a, b);'
bad words 'a.c:1' a.c <<<'panic("no");'
bad words 'a.c:1' a.c <<<"/* $later: later */"
bad words 'run:1' run <<<'# FIX''ME'
bad words 'README.md:1' README.md <<<"$later"

good sizes a.c < <(lines 800 'int a;')
bad sizes 'a.c:800' a.c < <(lines 801 'int a;')
good sizes a.h < <(lines 200 'int a;')
bad sizes 'a.h:200' a.h < <(lines 201 'int a;')
bad sizes 'README.md:120' README.md < <(lines 121 'text')
bad sizes 'run.sh:500' run.sh < <(lines 501 'true')
good sizes a.c < <(echo 'int f(void)'; echo '{'; lines 70 '\tf();'; echo '}')
bad sizes 'f\(\) has 71 lines' a.c < <(echo 'int f(void)'; echo '{'; lines 71 '\tf();'; echo '}')
bad sizes 'f\(\) has 6 parameters' a.c <<'X'
static int f(int a, int b, int c, int d,
	     int e, int g)
{
}
X
good sizes a.c <<'X'
int f(int a, int (*b)(int, int, int), int c, int d, int e)
{
	if (a) {
		for (;;) {
			while (c)
				g(a, b, c,
						e);
		}
	}
	b = (struct b){
		.c = {
			.d = {
				.e = {
					.f = a ?
							1 :
							2,
				},
			},
		},
	};
}
X
bad sizes 'f\(\) is nested 4 deep' a.c <<'X'
int f(int a)
{
	if (a) {
		for (;;) {
			while (a)
				if (a > 1)
					g(a);
		}
	}
}
X

good format a.c <<'X'
#define A		1
#define LONGER		2

/* clang-format would join the next two lines, and split the third. */
__printf(1, 2)
int f(const char *fmt, ...);
int some_function(int with, int many, int parameters, int and_a, int long_one, int line)
{
	return with +
	       many;
}
X
bad format 'a.c:3' a.c <<'X'
int f(int a)
{
	if(a) return 1;
	return 0;
}
X
bad format 'a.c:3' a.c <<'X'
int f(int a)
{
    return a;
}
X
bad format 'a.c:1' a.c <<'X'
int f(int a) {
	return a;
}
X

good checkpatch a.c <<X
// $spdx

int f(int a)
{
	return a;
}
X
bad checkpatch 'a.c:4.*LONG_LINE' a.c <<X
// $spdx
int f(int a)
{
	return a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a;
}
X
bad checkpatch 'a.c:4.*SPACING' a.c <<X
// $spdx
int f(int a)
{
	return a+a ;
}
X
bad checkpatch 'a.c:2.*CAMELCASE' a.c <<X
// $spdx
int CamelCase;
X
bad checkpatch 'a.c:3.*CAMELCASE' a.c <<X
// $spdx
int FirstOfTwo;
int SecondOfTwo;
X
bad checkpatch 'a.c:4.*MEMORY_BARRIER' a.c <<X
// $spdx
void f(void)
{
	smp_mb();
}
X

good shell run <<'X'
#!/bin/bash
echo "$1"
X
bad shell 'run:2.*SC2086' run <<'X'
#!/bin/bash
echo $1
X
bad shell 'lib.sh:2.*SC2086' lib.sh <<'X'
# shellcheck shell=bash
echo $1
X
bad shell 'a:1.*SC2086' tests/lab/cases/net/a <<<'expect $1 = 3'
good shell tests/lab/cases/net/a <<<'expect "$DOMID" = 3'

documented='/**
 * f - what it does
 * @a: a number
 *
 * Return: 0.
 */'
good documented include/xpv/ring.h <<<"$documented"$'\nint f(int a);\nstatic inline int __g(void)\n{\n}'
bad documented 'ring.h:8: g ' include/xpv/ring.h <<<"$documented"$'\nint f(int a);\nint g(int a);'
bad documented 'ring.h:1: g ' include/xpv/ring.h <<<$'static inline struct x *g(int a)\n{\n}'
bad documented 'ring.h:1: s ' include/xpv/ring.h <<<$'struct s {\n\tint a;\n};'
good documented xenbus/internal.h <<<'int g(int a);'

good kernel-doc include/xpv/ring.h <<<"$documented"$'\nint f(int a);'
bad kernel-doc "parameter or member 'b'" include/xpv/ring.h <<<"$documented"$'\nint f(int a, int b);'
bad kernel-doc 'expecting prototype' include/xpv/ring.h <<<"$documented"$'\nint g(int a);'
