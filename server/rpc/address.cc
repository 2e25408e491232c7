#include "server/rpc/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace gi::rpc {
namespace {

class Socket {
 public:
  explicit Socket(int family) : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status Malformed(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" is not an address to listen on: expected host:port, [ipv6]:port or unix:/absolute/path"));
}

absl::Status CannotListen(const ListenAddress& address, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("cannot listen on ", address.text, ": ", why));
}

bool IsPort(absl::string_view text) {
  int port = 0;
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, &port) && port <= 65535;
}

bool IsHost(absl::string_view text) {
  constexpr size_t kMaxHost = 253;
  return !text.empty() && text.size() <= kMaxHost && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == ':' || c == '_';
  });
}

bool IsLocalHost(const std::string& host) {
  in_addr v4;
  // A name like 127.0.0.1.example is no address, so a prefix proves nothing.
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return absl::EqualsIgnoreCase(host, "localhost");
}

sockaddr_un UnixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

absl::Status CheckCanListenUnix(const ListenAddress& address) {
  const sockaddr_un name = UnixAddress(address.unix_path);
  const auto* generic = reinterpret_cast<const sockaddr*>(&name);
  const Socket probe(AF_UNIX);
  if (::connect(probe.fd(), generic, sizeof(name)) == 0)
    return CannotListen(address, "another server is listening there");
  // Nobody listens on a socket left behind; gRPC removes it.
  if (errno == ECONNREFUSED) return absl::OkStatus();
  if (::bind(probe.fd(), generic, sizeof(name)) != 0) return CannotListen(address, std::strerror(errno));
  ::unlink(address.unix_path.c_str());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  ListenAddress address;
  address.text = std::string(text);
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (!absl::StartsWith(rest, "/") || rest.size() >= sizeof(sockaddr_un::sun_path)) return Malformed(text);
    address.unix_path = std::string(rest);
    return address;
  }
  const size_t colon = rest.rfind(':');
  if (colon == absl::string_view::npos) return Malformed(text);
  absl::string_view host = rest.substr(0, colon);
  const bool bracketed = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  if (!IsPort(rest.substr(colon + 1)) || !IsHost(host)) return Malformed(text);
  if (!bracketed && absl::StrContains(host, ':')) return Malformed(text);
  address.host = std::string(host);
  address.port = std::string(rest.substr(colon + 1));
  return address;
}

bool IsLocal(const ListenAddress& address) { return address.is_unix() || IsLocalHost(address.host); }

bool IsLocalPeer(absl::string_view peer) {
  if (absl::StartsWith(peer, "unix:")) return true;
  if (absl::ConsumePrefix(&peer, "ipv4:")) return IsLocalHost(std::string(peer.substr(0, peer.rfind(':'))));
  if (!absl::ConsumePrefix(&peer, "ipv6:")) return false;
  // gRPC 1.51 writes the brackets as in a URI, other versions plainly.
  if (!absl::ConsumePrefix(&peer, "%5B") && !absl::ConsumePrefix(&peer, "[")) return false;
  return IsLocalHost(std::string(peer.substr(0, peer.find_first_of("%]"))));
}

absl::Status CheckCanListen(const ListenAddress& address) {
  if (address.is_unix()) return CheckCanListenUnix(address);
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (error != 0) return CannotListen(address, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  int reason = EADDRNOTAVAIL;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    const Socket probe(entry->ai_family);
    // As gRPC does: connections of a server just stopped do not count as somebody listening.
    const int on = 1;
    ::setsockopt(probe.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (::bind(probe.fd(), entry->ai_addr, entry->ai_addrlen) == 0) return absl::OkStatus();
    reason = errno;
  }
  return CannotListen(address, std::strerror(reason));
}

}  // namespace gi::rpc
