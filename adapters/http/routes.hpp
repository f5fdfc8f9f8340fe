#pragma once
#include <httplib.h>

#include <string>

#include "adapters/http/guard.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "adapters/http/target.hpp"
#include "orchestrator/service/job_commands.hpp"

namespace transload::http {

/// Which request does what. Everything is decided before a body is read; only `POST /job` reads one.
class Routes {
  public:
    /// References must outlive the routes.
    Routes(JobCommands& jobs, ServerHooks hooks, Metrics& metrics, const Guard& guard, std::string version,
           std::size_t body_limit);

    /// Takes over the server's handlers; the routes must outlive it.
    void add_to(httplib::Server& server);

  private:
    using Handled = httplib::Server::HandlerResponse;

    Handled route(const httplib::Request& request, httplib::Response& response);
    void dispatch(const httplib::Request& request, httplib::Response& response, Target& target);
    void submit(const httplib::Request& request, httplib::Response& response,
                const httplib::ContentReader& reader);

    void health(httplib::Response& response) const;
    void list(const httplib::Request& request, httplib::Response& response) const;
    void show(const JobId& id, httplib::Response& response) const;
    void events(const JobId& id, const httplib::Request& request, httplib::Response& response) const;
    void command(const JobId& id, Trigger trigger, httplib::Response& response);

    JobCommands& jobs_;
    ServerHooks hooks_;
    Metrics& metrics_;
    const Guard& guard_;
    std::string version_;
    std::size_t body_limit_;
};

}  // namespace transload::http
