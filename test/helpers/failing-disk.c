/*
 * A disk that fails when it is told to: preloaded into a process, it answers writes and syncs of files below
 * FAILING_BELOW as the file FAILING_NOW says ("write 28": every write fails with error number 28), while that is there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int file, const char *operation)
{
	const char *now = getenv("FAILING_NOW"), *below = getenv("FAILING_BELOW");
	char link[64], path[PATH_MAX], wanted[16];
	int number = 0;
	if (now == NULL || below == NULL || access(now, F_OK) != 0)
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0)
		return 0;
	path[length] = 0;
	if (strncmp(path, below, strlen(below)) != 0)
		return 0;
	FILE *told = fopen(now, "r");
	if (told == NULL)
		return 0;
	int read = fscanf(told, "%15s %d", wanted, &number);
	fclose(told);
	if (read != 2 || strcmp(wanted, operation) != 0)
		return 0;
	errno = number;
	return 1;
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

ssize_t write(int file, const void *bytes, size_t size)
{
	return fails(file, "write") ? -1 : REAL("write", ssize_t (*)(int, const void *, size_t))(file, bytes, size);
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

int fsync(int file)
{
	return fails(file, "sync") ? -1 : REAL("fsync", int (*)(int))(file);
}

int fdatasync(int file)
{
	return fails(file, "sync") ? -1 : REAL("fdatasync", int (*)(int))(file);
}
