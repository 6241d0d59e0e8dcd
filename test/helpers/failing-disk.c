/*
 * A disk that fails when it is told to: preloaded into a process, it answers what is asked of files below FAILING_BELOW as
 * the file FAILING_NOW says ("write 28": every write fails with error number 28), while that is there. Each time that it
 * did so adds a byte to FAILING_HITS.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

typedef int open_function(const char *, int, ...);

static void count(void)
{
	const char *hits = getenv("FAILING_HITS");
	int file = hits == NULL ? -1 : REAL("open", open_function *)(hits, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return;
	REAL("write", ssize_t (*)(int, const void *, size_t))(file, "x", 1);
	close(file);
}

static int fails_at(const char *path, const char *operation)
{
	const char *now = getenv("FAILING_NOW"), *below = getenv("FAILING_BELOW");
	char wanted[16];
	int number = 0;
	if (now == NULL || below == NULL || strncmp(path, below, strlen(below)) != 0 || access(now, F_OK) != 0)
		return 0;
	FILE *told = fopen(now, "r");
	if (told == NULL)
		return 0;
	int read = fscanf(told, "%15s %d", wanted, &number);
	fclose(told);
	if (read != 2 || strcmp(wanted, operation) != 0)
		return 0;
	count();
	errno = number;
	return 1;
}

/* Files of a folder that is held open are named below /proc/self/fd. */
static int fails_named(const char *path, const char *operation)
{
	char folder[PATH_MAX], whole[2 * PATH_MAX];
	const char *now = getenv("FAILING_NOW"), *name = strrchr(path, '/');
	int before = errno;
	if (now == NULL || name == NULL || access(now, F_OK) != 0 || name - path >= PATH_MAX) {
		errno = before;
		return 0;
	}
	snprintf(whole, sizeof whole, "%.*s", (int)(name - path), path);
	if (name == path || realpath(whole, folder) == NULL) {
		errno = before;
		return fails_at(path, operation);
	}
	snprintf(whole, sizeof whole, "%s%s", folder, name);
	errno = before;
	return fails_at(whole, operation);
}

static int fails(int file, const char *operation)
{
	char link[64], path[PATH_MAX];
	int before = errno;
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, sizeof path - 1);
	errno = before;
	if (length < 0)
		return 0;
	path[length] = 0;
	return fails_at(path, operation);
}

ssize_t write(int file, const void *bytes, size_t size)
{
	return fails(file, "write") ? -1 : REAL("write", ssize_t (*)(int, const void *, size_t))(file, bytes, size);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
	return fails(file, "write") ? -1 : REAL("writev", ssize_t (*)(int, const struct iovec *, int))(file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at)
{
	return fails(file, "write") ? -1 : REAL("pwrite", ssize_t (*)(int, const void *, size_t, off_t))(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
	return fails(file, "write") ? -1
				    : REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off64_t))(file, bytes, size, at);
}

ssize_t read(int file, void *bytes, size_t size)
{
	return fails(file, "read") ? -1 : REAL("read", ssize_t (*)(int, void *, size_t))(file, bytes, size);
}

ssize_t pread(int file, void *bytes, size_t size, off_t at)
{
	return fails(file, "read") ? -1 : REAL("pread", ssize_t (*)(int, void *, size_t, off_t))(file, bytes, size, at);
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t at)
{
	return fails(file, "read") ? -1 : REAL("pread64", ssize_t (*)(int, void *, size_t, off64_t))(file, bytes, size, at);
}

int fsync(int file)
{
	return fails(file, "sync") ? -1 : REAL("fsync", int (*)(int))(file);
}

int fdatasync(int file)
{
	return fails(file, "sync") ? -1 : REAL("fdatasync", int (*)(int))(file);
}

int rename(const char *from, const char *to)
{
	return fails_named(to, "rename") ? -1 : REAL("rename", int (*)(const char *, const char *))(from, to);
}

#define OPEN(name)                                                                                                          \
	int name(const char *path, int flags, ...)                                                                          \
	{                                                                                                                   \
		mode_t mode = 0;                                                                                            \
		if (flags & (O_CREAT | __O_TMPFILE)) {                                                                      \
			va_list rest;                                                                                       \
			va_start(rest, flags);                                                                              \
			mode = va_arg(rest, mode_t);                                                                        \
			va_end(rest);                                                                                       \
		}                                                                                                           \
		return fails_named(path, "open") ? -1 : REAL(#name, open_function *)(path, flags, mode);                       \
	}

OPEN(open)
OPEN(open64)
