#include "adapters/http/guard.hpp"

#include <arpa/inet.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace transload::http {
namespace {

/// Digests have one length, so that the comparison tells nothing about the token's.
std::string digest_of(std::string_view text) {
    std::array<unsigned char, crypto_generichash_BYTES> digest{};
    ::crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()),
                         text.size(), nullptr, 0);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

bool is_loopback(std::string_view host) {
    if (same_ignoring_case(host, "localhost")) return true;
    const std::string text(host);
    in_addr four{};
    if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
    in6_addr six{};
    return ::inet_pton(AF_INET6, text.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

std::string_view host_part(std::string_view authority) {
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        return end == std::string_view::npos ? authority : authority.substr(1, end - 1);
    }
    return authority.substr(0, authority.find(':'));
}

Guard::Guard(Secret token) : digest_(token.empty() ? Secret() : Secret(digest_of(token.reveal()))) {}

bool Guard::has_token(const httplib::Request& request) const {
    constexpr std::string_view scheme = "bearer ";
    const std::string header = request.get_header_value("Authorization");
    const std::string_view given = header;
    if (request.get_header_value_count("Authorization") != 1 || given.size() <= scheme.size() ||
        !same_ignoring_case(given.substr(0, scheme.size()), scheme))
        return false;
    const std::string digest = digest_of(given.substr(scheme.size()));
    return ::sodium_memcmp(digest.data(), digest_.reveal().data(), digest.size()) == 0;
}

std::optional<Problem> Guard::refuse(const httplib::Request& request, httplib::Response& response) const {
    if (request.get_header_value_count("Host") > 1)
        return Problem{400, "http.bad_request", "more than one Host header", "", ""};
    if (!digest_.empty()) {
        if (has_token(request)) return std::nullopt;
        response.set_header("WWW-Authenticate", "Bearer realm=\"transload\"");
        return Problem{401, "http.unauthorized", "this server asks for its bearer token",
                       "Send the header Authorization: Bearer TOKEN (transload job … --token-file FILE).",
                       ""};
    }
    const std::string host = request.get_header_value("Host");
    if (request.has_header("Host") && !is_loopback(host_part(host)))
        return Problem{403, "http.foreign_host", "the Host header names another host than this machine",
                       "Call the server by localhost or 127.0.0.1, or give it a token (server.token_file).",
                       ""};
    if (request.has_header("Origin")) {
        const std::string origin = request.get_header_value("Origin");
        const std::size_t scheme = origin.find("://");
        const bool own = request.get_header_value_count("Origin") == 1 && scheme != std::string::npos &&
                         !host.empty() &&
                         same_ignoring_case(std::string_view(origin).substr(scheme + 3), host);
        if (!own)
            return Problem{403, "http.foreign_origin", "pages of another origin may not use this server",
                           "Give the server a token (server.token_file) and send it.", ""};
    }
    return std::nullopt;
}

}  // namespace transload::http
