/* A disk that fails on demand, for tests: LD_PRELOAD this, name a folder in FAULTY_DISK and a file in FAULT.
   While that file exists, its first letter says what fails below the folder: w: no room for anything, f: fsync,
   r: nothing may be written. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char fault(void) {
  const char *name = getenv("FAULT");
  char letter = 0;
  int (*open_file)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  int file = name ? open_file(name, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  if (read(file, &letter, 1) != 1) letter = 0;
  close(file);
  return letter;
}

static int ours(int file) {
  const char *folder = getenv("FAULTY_DISK");
  char link[64], path[4096];
  if (!folder) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strncmp(path, folder, strlen(folder)) == 0;
}

static int refused(int file) {
  int before = errno;
  char letter = fault();
  if ((letter == 'w' || letter == 'r') && ours(file)) {
    errno = letter == 'w' ? ENOSPC : EROFS;
    return 1;
  }
  errno = before;
  return 0;
}

#define WRITING(name, parameters, arguments)                                   \
  ssize_t name parameters {                                                    \
    static ssize_t(*real) parameters;                                          \
    if (!real) real = dlsym(RTLD_NEXT, #name);                                 \
    return refused(file) ? -1 : real arguments;                                \
  }

WRITING(write, (int file, const void *bytes, size_t size), (file, bytes, size))
WRITING(pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at))
WRITING(pwrite64, (int file, const void *bytes, size_t size, off64_t at), (file, bytes, size, at))
WRITING(pwritev, (int file, const struct iovec *parts, int count, off_t at), (file, parts, count, at))
WRITING(pwritev64, (int file, const struct iovec *parts, int count, off64_t at), (file, parts, count, at))

#define SYNCING(name)                                                          \
  int name(int file) {                                                         \
    static int (*real)(int);                                                   \
    if (!real) real = dlsym(RTLD_NEXT, #name);                                 \
    if (fault() == 'f' && ours(file)) {                                        \
      errno = EIO;                                                             \
      return -1;                                                               \
    }                                                                          \
    return real(file);                                                         \
  }

SYNCING(fsync)
SYNCING(fdatasync)
