#include "adapters/http/bounded_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "adapters/http/bounded_queue.hpp"
#include "adapters/http/connection_stream.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::http {
namespace {

Error tls_error(const std::string& file, std::string_view what) {
    const unsigned long code = ::ERR_get_error();
    const char* const reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
    return Error(
        ErrorKind::usage, "http.tls", file,
        fmt::format("the {} {} can't be used: {}", what, file, reason == nullptr ? "unknown reason" : reason),
        "Name readable PEM files of a certificate and of the key that belongs to it.");
}

/// The default of the library lets a second server of the same user share the port.
void set_options(socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
}

}  // namespace

BoundedServer::BoundedServer(const ConnectionLimits& limits, const std::string& tls_cert,
                             const std::string& tls_key)
    : limits_(limits) {
    new_task_queue = [this, limits] {
        auto* const queue = new BoundedQueue(limits.threads, limits.queued);
        queue_ = queue;
        return queue;
    };
    set_socket_options(set_options);
    set_payload_max_length(limits.body_bytes);
    if (tls_cert.empty()) return;
    context_.reset(::SSL_CTX_new(::TLS_server_method()));
    ::ERR_clear_error();
    if (!context_) throw tls_error(tls_cert, "certificate");
    ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (::SSL_CTX_use_certificate_chain_file(context_.get(), tls_cert.c_str()) != 1)
        throw tls_error(tls_cert, "certificate");
    if (::SSL_CTX_use_PrivateKey_file(context_.get(), tls_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        ::SSL_CTX_check_private_key(context_.get()) != 1)
        throw tls_error(tls_key, "key");
}

BoundedServer::~BoundedServer() {
    // The library closes the socket only when it has listened.
    const socket_t socket = svr_sock_.exchange(INVALID_SOCKET);
    if (socket != INVALID_SOCKET) ::close(socket);
}

int BoundedServer::bind(const std::string& host, int port) {
    errno = 0;
    const int bound = port == 0 ? bind_to_any_port(host) : (bind_to_port(host, port) ? port : -1);
    if (bound <= 0)
        throw Error(ErrorKind::failed, "http.bind", fmt::format("{}:{}", host, port),
                    fmt::format("can't listen on {}:{}: {}", host, port,
                                errno == 0 ? "no such address" : std::strerror(errno)),
                    "Choose another server.host or server.port, or end what listens there.");
    // The library's backlog is 5: a burst of clients would wait a second for their next try.
    ::listen(svr_sock_, 128);
    return bound;
}

void BoundedServer::run_long(const std::function<void(const std::function<bool()>& alive)>& act) {
    ConnectionStream* const stream = ConnectionStream::of_this_thread();
    if (stream == nullptr) throw std::logic_error("no request is served by this thread");
    const BoundedQueue::Replacement replacement(*queue_.load());
    act([&] {
        if (stopping_ || stream->is_closed_by_peer()) return false;
        stream->set_deadline(ConnectionStream::Clock::now() + limits_.stall);
        return true;
    });
}

bool BoundedServer::is_head_too_large() {
    const ConnectionStream* const stream = ConnectionStream::of_this_thread();
    return stream != nullptr && stream->is_exhausted();
}

bool BoundedServer::process_and_close_socket(socket_t socket) {
    ConnectionStream stream(socket, context_.get(), ConnectionStream::Clock::now() + limits_.request,
                            stopping_);
    if (!stream.handshake()) return false;
    bool closed = false;
    stream.set_allowance(limits_.head_bytes);
    const bool answered = process_request(stream, true, closed, [&](httplib::Request& request) {
        constexpr std::size_t most_framing = 8;  // chunks of a byte each take five more
        stream.set_allowance(most_framing * limits_.body_bytes);
        request.ranges.clear();  // the library would cut any answer to them, under whatever status it has
    });
    stream.linger();
    return answered;
}

}  // namespace transload::http
