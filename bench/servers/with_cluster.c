/* What the system itself takes for with_cluster.lua's connections: its twin without a library, without an event that is not
 * needed. `with_cluster serve rr|none WORKERS`: prints the port and the processes' numbers.
 * No floor: a server of bench/.
 * Owns nothing. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { EVENTS = 64, WORKERS_MAX = 16, BACKLOG = 4096 };

static int check(int result, const char *what) {
  if (result >= 0) return result;
  perror(what);
  exit(1);
}

static void watch(int epoll, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static int listen_anywhere(int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t size = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  check(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
  check(listen(fd, BACKLOG), "listen");
  check(getsockname(fd, (struct sockaddr *)&address, &size), "getsockname");
  *port = ntohs(address.sin_port);
  return fd;
}

/* A byte of data, and the descriptor beside it. */
union control {
  struct cmsghdr header; /* for its alignment */
  char bytes[CMSG_SPACE(sizeof(int))];
};

static void give(int channel, int fd) {
  char byte = 'x';
  union control control;
  memset(&control, 0, sizeof control);
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  check((int)sendmsg(channel, &message, 0), "sendmsg");
}

/* -1: the primary has gone. */
static int take(int channel) {
  char byte;
  union control control;
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) <= 0) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL) return -1;
  int fd;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}

static void accept_all(int epoll, int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    watch(epoll, fd, EPOLLIN);
  }
}

static void serve(int epoll, int fd) {
  char bytes[65536];
  ssize_t got = read(fd, bytes, sizeof bytes);
  if (got > 0) {
    if (write(fd, bytes, (size_t)got) == got) shutdown(fd, SHUT_WR);
  } else if (got == 0 || errno != EAGAIN) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd,
              NULL); /* the primary may have it open still, and events would go on */
    close(fd);
  }
}

/* Takes connections by itself, or, without a listener, from the channel. */
static void work(int listener, int channel) {
  int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  watch(epoll, listener >= 0 ? listener : channel, EPOLLIN);
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all(epoll, listener);
      } else if (fd == channel) {
        int given = take(channel);
        if (given < 0) _exit(0);
        if (write(channel, "x", 1) == 1) watch(epoll, given, EPOLLIN);
      } else {
        serve(epoll, fd);
      }
    }
  }
}

/* Gives each connection to the worker whose turn it is, and closes it when the worker has answered. */
static void distribute(int listener, const int *channels, int workers) {
  int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  int given[WORKERS_MAX], next = 0, is_free = workers;
  for (int i = 0; i < workers; i++) {
    given[i] = -1;
    watch(epoll, channels[i], EPOLLIN);
  }
  watch(epoll, listener, EPOLLIN | EPOLLET); /* it is asked whenever a worker is free */
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < workers; k++) {
        char byte;
        if (channels[k] != events[i].data.fd || read(channels[k], &byte, 1) != 1) continue;
        close(given[k]);
        given[k] = -1;
        is_free++;
      }
    }
    while (is_free > 0) {
      int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) break;
      while (given[next] >= 0) next = (next + 1) % workers;
      given[next] = fd;
      is_free--;
      give(channels[next], fd);
      next = (next + 1) % workers;
    }
  }
}

int main(int argc, char **argv) {
  int workers = argc == 4 ? atoi(argv[3]) : 0;
  if (workers < 1 || workers > WORKERS_MAX) {
    fputs("usage: with_cluster serve rr|none WORKERS\n", stderr);
    return 2;
  }
  int in_turn = strcmp(argv[2], "rr") == 0;
  int port, channels[WORKERS_MAX];
  int listener = listen_anywhere(&port);
  printf("%d %ld", port, (long)getpid());
  fflush(stdout);
  for (int i = 0; i < workers; i++) {
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), "socketpair");
    pid_t pid = fork();
    check((int)pid, "fork");
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      work(in_turn ? -1 : listener, pair[1]);
    }
    close(pair[1]);
    channels[i] = pair[0];
    printf(" %ld", (long)pid);
  }
  puts("");
  fflush(stdout);
  if (in_turn) distribute(listener, channels, workers);
  for (;;) pause();
}
