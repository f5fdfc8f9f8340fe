#include "adapters/liquibase/jdbc_url.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

namespace transload::liquibase {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::string file_url(const std::string& path) {
    std::string result = "file:";
    for (const char c : std::filesystem::absolute(path).string()) {
        if (c == '/')
            result += c;
        else
            result += percent_encode(std::string_view(&c, 1));
    }
    return result;
}

/// As the native connection does: nothing can listen between two processes of one machine.
TlsMode effective_mode(const Endpoint& endpoint) {
    const bool loopback =
        endpoint.host == "localhost" || endpoint.host == "::1" || endpoint.host.starts_with("127.");
    if (endpoint.tls.mode == TlsMode::preferred && loopback && endpoint.tls.ca.empty())
        return TlsMode::disabled;
    return endpoint.tls.mode;
}

/// A Java that has just started on a busy machine is slow to shake hands; being short here saves nobody time.
std::string connect_timeout(const Endpoint& endpoint) {
    constexpr std::chrono::milliseconds least{60'000};
    return std::to_string(std::max(least, endpoint.connect_timeout).count());
}

Parameters mysql_parameters(const Endpoint& endpoint) {
    Parameters result{
        {"allowPublicKeyRetrieval", "true"},
        {"connectTimeout", connect_timeout(endpoint)},
        {"connectionTimeZone", "UTC"},
        // `{d '…'}` and its like are MySQL's business, not the driver's: bodies arrive as they are.
        {"enableEscapeProcessing", "false"},
        // On: the server's own messages name objects; off is the driver's habit of appending hints.
        {"dumpQueriesOnException", "false"},
        {"tcpKeepAlive", "true"}};
    const auto mode = [&]() -> std::string {
        switch (effective_mode(endpoint)) {
            case TlsMode::disabled:
                return "DISABLED";
            case TlsMode::preferred:
                return "PREFERRED";
            case TlsMode::required:
                return "REQUIRED";
            case TlsMode::verify_ca:
                return "VERIFY_CA";
            case TlsMode::verify_full:
                return "VERIFY_IDENTITY";
        }
        return "PREFERRED";
    }();
    result.emplace_back("sslMode", mode);
    if (!endpoint.tls.ca.empty()) {
        result.emplace_back("trustCertificateKeyStoreUrl", file_url(endpoint.tls.ca));
        result.emplace_back("trustCertificateKeyStoreType", "PEM");
        result.emplace_back("fallbackToSystemTrustStore", "false");
    }
    return result;
}

Parameters mariadb_parameters(const Endpoint& endpoint) {
    Parameters result{{"allowPublicKeyRetrieval", "true"},
                      {"connectTimeout", connect_timeout(endpoint)},
                      {"tcpKeepAlive", "true"}};
    switch (effective_mode(endpoint)) {
        case TlsMode::disabled:
        case TlsMode::preferred:
            result.emplace_back("sslMode", "disable");
            break;
        case TlsMode::required:
            result.emplace_back("sslMode", "trust");
            break;
        case TlsMode::verify_ca:
            result.emplace_back("sslMode", "verify-ca");
            break;
        case TlsMode::verify_full:
            result.emplace_back("sslMode", "verify-full");
            break;
    }
    if (!endpoint.tls.ca.empty())
        result.emplace_back("serverSslCert", std::filesystem::absolute(endpoint.tls.ca).string());
    if (!endpoint.tls.cert.empty())
        result.emplace_back("clientSslCert", std::filesystem::absolute(endpoint.tls.cert).string());
    if (!endpoint.tls.key.empty())
        result.emplace_back("clientSslKey", std::filesystem::absolute(endpoint.tls.key).string());
    return result;
}

}  // namespace

std::string percent_encode(std::string_view bytes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '_' || c == '.';
        if (safe) {
            result += c;
        } else {
            result += '%';
            result += digits[byte >> 4];
            result += digits[byte & 15];
        }
    }
    return result;
}

std::string jdbc_url(const Endpoint& endpoint, std::string_view database, Driver driver) {
    const bool ipv6 = endpoint.host.find(':') != std::string::npos;
    std::string url = driver == Driver::mysql ? "jdbc:mysql://" : "jdbc:mariadb://";
    url += ipv6 ? "[" + endpoint.host + "]" : endpoint.host;
    url += ":" + std::to_string(endpoint.port) + "/" + percent_encode(database);
    char separator = '?';
    for (const auto& [name, value] :
         driver == Driver::mysql ? mysql_parameters(endpoint) : mariadb_parameters(endpoint)) {
        url += separator + name + "=" + percent_encode(value);
        separator = '&';
    }
    return url;
}

}  // namespace transload::liquibase
