/*
 * A disk as slow as a worn SD card, for LD_PRELOAD: each sync below $SLOW_FOLDER takes $SLOW_SYNC_MS longer, each write
 * and truncation $SLOW_WRITE_MS. Each of them leaves a character in the file $SLOW_NOTE.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static void slow(int fd, const char *name, char kind) {
  const char *folder = getenv("SLOW_FOLDER"), *ms = getenv(name), *note = getenv("SLOW_NOTE");
  char link[64], path[PATH_MAX];
  if (!folder || !ms) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder)) != 0) return;
  usleep(1000 * atoi(ms));
  if (!note) return;
  int out = open(note, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (out < 0) return;
  syscall(SYS_write, out, &kind, 1);
  close(out);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int fsync(int fd) {
  REAL(fsync);
  slow(fd, "SLOW_SYNC_MS", 's');
  return real(fd);
}

int fdatasync(int fd) {
  REAL(fdatasync);
  slow(fd, "SLOW_SYNC_MS", 's');
  return real(fd);
}

ssize_t write(int fd, const void *data, size_t size) {
  REAL(write);
  slow(fd, "SLOW_WRITE_MS", 'w');
  return real(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  REAL(pwrite);
  slow(fd, "SLOW_WRITE_MS", 'w');
  return real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  REAL(pwrite64);
  slow(fd, "SLOW_WRITE_MS", 'w');
  return real(fd, data, size, at);
}

int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  slow(fd, "SLOW_WRITE_MS", 't');
  return real(fd, size);
}
