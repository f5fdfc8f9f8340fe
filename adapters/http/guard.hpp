#pragma once
#include <httplib.h>

#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/problem.hpp"
#include "orchestrator/plan/secret.hpp"

namespace transload::http {

/// True for localhost, 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(std::string_view host);

/// The host of a Host header or of an origin's authority, without the port; brackets removed.
[[nodiscard]] std::string_view host_part(std::string_view authority);

/// Who may speak to the server. With a token: whoever has it. Without one (loopback addresses only): programs
/// of this machine, but not the pages that a browser of this machine shows, which could reach us by a name of
/// theirs that resolves to 127.0.0.1 (foreign Host) or by a form (foreign Origin).
class Guard {
  public:
    explicit Guard(Secret token);

    /// nullopt when the request may go on. Sets WWW-Authenticate with a 401.
    [[nodiscard]] std::optional<Problem> refuse(const httplib::Request& request,
                                                httplib::Response& response) const;

  private:
    [[nodiscard]] bool has_token(const httplib::Request& request) const;

    Secret digest_;  ///< of the token; empty when none is asked for
};

}  // namespace transload::http
