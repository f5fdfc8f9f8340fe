#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapters/native/stream/change_stream.hpp"
#include "adapters/native/stream/stream_store.hpp"
#include "tests/integration/native/copy_job.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// A source, a target, a database of the same name on both, and a stream between them.
class StreamRig {
  public:
    /// Shared servers unless given. `schema` is run on the source and its tables are cloned, rows included.
    explicit StreamRig(const std::string& schema, Flavour flavour = Flavour::mysql80);
    StreamRig(const TestServer& source, const TestServer& target, const std::string& schema);
    ~StreamRig();

    /// Records where the source is now; the stream starts there.
    void begin();
    /// Plans the tables and starts the stream at its checkpoint.
    void start(native::Window window = {});
    /// Ends it, as a stop would.
    void stop();
    void on_source(const std::string& script) const { sql(*source, script, database->name()); }
    void on_target(const std::string& script) const { sql(*target, script, database->name()); }
    [[nodiscard]] mysql::binlog::Position source_position() const;
    /// Waits until the stream has applied all that the source has committed.
    void drain() const;
    /// Empty when both sides hold the same rows.
    [[nodiscard]] std::vector<std::string> differences() const;
    /// The id of the error that ends the stream within a minute; "none" else.
    [[nodiscard]] std::string failure() const;
    [[nodiscard]] std::string failure_message() const;
    /// KILLs all sessions of `server` whose statements or state match nothing but that they aren't ours.
    static void kill_sessions(const TestServer& server, const std::string& condition = "TRUE");

    const TestServer* source = nullptr;
    const TestServer* target = nullptr;
    std::unique_ptr<TestDatabase> database;
    native::StreamSetup setup;
    RecordingControl control;
    std::unique_ptr<native::ChangeStream> stream;

  private:
    void prepare(const std::string& schema);
    [[nodiscard]] std::string failure(bool message) const;
};

}  // namespace transload::test
