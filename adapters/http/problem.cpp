#include "adapters/http/problem.hpp"

#include <nlohmann/json.hpp>

#include "orchestrator/codec/json_text.hpp"

namespace transload::http {
namespace {

int status_of(const Error& error) {
    const std::string& id = error.id();
    if (id == "config.syntax") return 400;
    if (id == "job.unknown") return 404;
    switch (error.kind()) {
        case ErrorKind::usage:
            return 422;
        case ErrorKind::refused:
            return 409;
        case ErrorKind::transient:
        case ErrorKind::cancelled:
            return 503;
        case ErrorKind::failed:
        case ErrorKind::in_doubt:
            return 500;
    }
    return 500;
}

}  // namespace

Problem problem_of(const Error& error) {
    Problem problem{status_of(error), error.id(), error.message(), error.remedy(), {}};
    if (error.id().starts_with("config.") || error.id().starts_with("query.")) problem.path = error.object();
    return problem;
}

std::string_view title_of(int status) {
    switch (status) {
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        default:
            return "Error";
    }
}

void answer(httplib::Response& response, const httplib::Request& request, const Problem& problem) {
    Json document{{"type", "urn:transload:error:" + problem.id},
                  {"title", title_of(problem.status)},
                  {"status", problem.status},
                  {"detail", problem.detail},
                  {"instance", request.path},
                  {"id", problem.id}};
    if (!problem.remedy.empty()) document["remedy"] = problem.remedy;
    if (!problem.path.empty()) document["path"] = problem.path;
    response.status = problem.status;
    response.set_content(json_text(document), "application/problem+json");
}

}  // namespace transload::http
