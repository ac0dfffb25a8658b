/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parsers use of the kernel, in user space: each header of the kernel's
 * is a file that includes this one (the script build makes them). One thread,
 * so that barriers are the compiler's and locks are none. What the kernel only
 * warns of ends the process here: it is a finding.
 */
#ifndef _XFZ_USER_SHIM_H
#define _XFZ_USER_SHIM_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8, __u8;
typedef uint16_t u16, __u16;
typedef uint32_t u32, __u32, __wsum;
typedef uint64_t u64, __u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef u8 blk_status_t;
typedef u64 u64_stats_t;
typedef int irqreturn_t, netdev_tx_t, gfp_t, spinlock_t, wait_queue_head_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *data);

#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define S64_MAX		INT64_MAX
#define HZ		1000
#define PAGE_SIZE	4096UL
#define GFP_KERNEL	0
#define GFP_NOIO	0
#define __GFP_HIGH	0
#define IRQ_HANDLED	1
#define SECTOR_SHIFT	9
#define DISK_NAME_LEN	32
#define MINORMASK	((1U << 20) - 1)
#define MAX_SKB_FRAGS	17
#define GSO_BY_FRAGS	0xffff

#define __bitwise
#define __force
#define __must_check	__attribute__((warn_unused_result))
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define __packed	__attribute__((packed))
#define ____cacheline_aligned_in_smp
#define EXPORT_SYMBOL_NS_GPL(sym, ns) static_assert(1, "")
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define BIT(n)		(1UL << (n))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define sizeof_field(type, field) sizeof(((type *)0)->field)
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max(a, b)	((a) > (b) ? (a) : (b))
#define min_t(type, a, b) min((type)(a), (type)(b))
#define clamp_t(type, v, lo, hi) min((type)max((type)(v), (type)(lo)), (type)(hi))
#undef static_assert
#define static_assert(cond, ...) _Static_assert(cond, #cond)

#define READ_ONCE(x)	(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define smp_load_acquire(p) READ_ONCE(*(p))
#define smp_store_release(p, v) WRITE_ONCE(*(p), v)
#define barrier()	__atomic_signal_fence(__ATOMIC_SEQ_CST)
#define virt_mb()	barrier()
#define virt_rmb()	barrier()
#define virt_wmb()	barrier()
#define array_index_nospec(i, size) ((i) < (size) ? (i) : 0)
#define might_sleep()	((void)0)
#define lockdep_assert_held(lock) ((void)(lock))
#define spin_lock_irqsave(lock, flags) ((flags) = 0, (void)(lock))
#define spin_unlock_irqrestore(lock, flags) ((void)(flags), (void)(lock))

#define WARN_ON_ONCE(condition)	\
	({ bool __wrong = (condition); if (__wrong) abort(); __wrong; })
#define dev_notice(dev, ...)	((void)(dev))
#define dev_err_ratelimited(dev, ...) ((void)(dev))

#include "shim_types.h"

static inline bool test_bit(int nr, const unsigned long *word)
{
	return *word & BIT(nr);
}

static inline void set_bit(int nr, unsigned long *word)
{
	*word |= BIT(nr);
}

static inline void kfree(const void *p)
{
	free((void *)p);
}

static inline u32 rounddown_pow_of_two(u64 n)
{
	return n ? 1U << (63 - __builtin_clzll(n)) : 0;
}

static inline char *kvasprintf(gfp_t gfp, const char *fmt, va_list args)
{
	char *text = NULL;

	return vasprintf(&text, fmt, args) < 0 ? NULL : text;
}

/* As the kernel's, which forgives a plus before and a newline after it. */
static inline int kstrtou64(const char *text, unsigned int base, u64 *value)
{
	char *end;

	text += *text == '+';
	if (!*text || strchr("-+ \t\n\v\f\r", *text))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, base);
	if (errno)
		return -errno;
	end += *end == '\n';
	return *end ? -EINVAL : 0;
}

static inline int kstrtou32(const char *text, unsigned int base, u32 *value)
{
	u64 wide;
	int err = kstrtou64(text, base, &wide);

	if (!err && wide > U32_MAX)
		return -ERANGE;
	*value = err ? *value : (u32)wide;
	return err;
}

#endif /* _XFZ_USER_SHIM_H */
