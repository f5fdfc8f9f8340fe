#pragma once
#include <httplib.h>

#include <optional>
#include <string>

#include "adapters/http/bounded_server.hpp"
#include "adapters/http/event_stream.hpp"
#include "adapters/http/guard.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "adapters/http/target.hpp"
#include "orchestrator/service/job_commands.hpp"

namespace transload::http {

/// Which request does what. All but what a body says is decided before it is read; `POST /job`, `PATCH /job/{id}/limits` and
/// commands read one.
class Routes {
  public:
    /// References must outlive the routes.
    Routes(JobCommands& jobs, ServerHooks hooks, Metrics& metrics, const Guard& guard, std::string version,
           const ConnectionLimits& limits);

    /// Takes over the server's handlers; the routes must outlive it.
    void add_to(BoundedServer& server);

  private:
    using Handled = httplib::Server::HandlerResponse;

    Handled route(const httplib::Request& request, httplib::Response& response);
    void dispatch(const httplib::Request& request, httplib::Response& response, Target& target);
    void submit(const httplib::Request& request, httplib::Response& response,
                const httplib::ContentReader& reader);
    void set_limits(const httplib::Request& request, httplib::Response& response,
                    const httplib::ContentReader& reader);
    /// A command that came with a body.
    void command(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& reader);
    /// Carries a command out; `on`: with its switch (see switch_of).
    void obey(const Target& target, bool on, httplib::Response& response);
    /// The body; nullopt when it could not be had and that was answered.
    std::optional<std::string> body_of(const httplib::Request& request, httplib::Response& response,
                                       const httplib::ContentReader& reader) const;
    void announce_body(const httplib::Request& request, httplib::Response& response) const;

    void health(httplib::Response& response) const;
    void list(const httplib::Request& request, httplib::Response& response) const;
    void show(const JobId& id, httplib::Response& response) const;
    void events(const JobId& id, const httplib::Request& request, httplib::Response& response) const;
    void stream(const JobId& id, const httplib::Request& request, httplib::Response& response);
    static void accepted(const Job& job, httplib::Response& response);
    void rehearse(const JobId& id, httplib::Response& response);

    JobCommands& jobs_;
    ServerHooks hooks_;
    Metrics& metrics_;
    const Guard& guard_;
    std::string version_;
    std::size_t body_limit_;
    StreamSlots slots_;
    BoundedServer* server_ = nullptr;
};

}  // namespace transload::http
