#pragma once
#include <httplib.h>

#include <string>
#include <string_view>

#include "orchestrator/plan/error.hpp"

namespace transload::http {

/// What an RFC 9457 problem document says.
struct Problem {
    int status = 500;
    std::string id;  ///< stable error id; the document's `type` is urn:transload:error:<id>
    std::string detail;
    std::string remedy;  ///< may be empty
    std::string path;    ///< of the wrong field ("limits.workers"); may be empty
};

[[nodiscard]] Problem problem_of(const Error& error);

/// The standard's words for a status: "Not Found".
[[nodiscard]] std::string_view title_of(int status);

/// Makes the response a problem document.
void answer(httplib::Response& response, const httplib::Request& request, const Problem& problem);

}  // namespace transload::http
