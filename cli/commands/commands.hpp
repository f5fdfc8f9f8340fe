#pragma once
#include <functional>

namespace CLI {
class App;
}

/// One function per command: adds it to the program and sets `action` when it is called for. The action returns
/// the exit code, or throws Error.
namespace transload::cli {

using Action = std::function<int()>;

struct Invocation {
    Action action;
    bool json = false;  ///< errors are printed as JSON as well
};

void add_migrate(CLI::App& program, Invocation& invocation);
void add_preflight(CLI::App& program, Invocation& invocation);
void add_schema(CLI::App& program, Invocation& invocation);
void add_verify(CLI::App& program, Invocation& invocation);
void add_serve(CLI::App& program, Invocation& invocation);
void add_job(CLI::App& program, Invocation& invocation);

}  // namespace transload::cli
