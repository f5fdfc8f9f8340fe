#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace transload::test {

enum class Flavour { mysql80, mysql97, mariadb };

struct ServerOptions {
    std::string password;  ///< of root from anywhere; empty = a random one
    bool gtid = false;
    bool binlog = true;
    bool local_infile = true;
    unsigned server_id = 0;          ///< 0 = its port
    std::string memory = "256M";     ///< InnoDB buffer pool
    std::vector<std::string> extra;  ///< further options of the server, e.g. "--read-only=ON"
};

/// A real server on a free loopback port, with data of its own, run through
/// scripts/lib/mysql-server.sh. It ends with the object, and by a watcher when the test crashes.
class TestServer {
  public:
    /// Waits until it takes connections. Throws std::runtime_error with the server's log otherwise.
    static TestServer start(Flavour flavour, const ServerOptions& options = {});
    ~TestServer();
    TestServer(TestServer&& other) noexcept;
    TestServer& operator=(TestServer&& other) noexcept;
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] int port() const noexcept { return port_; }
    [[nodiscard]] static std::string user() { return "root"; }
    [[nodiscard]] const std::string& password() const noexcept { return password_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    [[nodiscard]] std::filesystem::path datadir() const { return folder_ / "data"; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] Flavour flavour() const noexcept { return flavour_; }
    [[nodiscard]] const std::string& version() const noexcept { return version_; }

    /// mysql://root@127.0.0.1:PORT/DATABASE, without the password.
    [[nodiscard]] std::string url(std::string_view database = {}) const;

    /// As a power cut would (SIGKILL). restart() brings it back.
    void kill();
    /// As an administrator would (SIGTERM), waiting for the end.
    void halt();
    /// Ends it if it runs, then starts it on the same data and port. Options given here replace
    /// those in ServerOptions::extra.
    void restart(const std::vector<std::string>& extra = {});
    /// Ends it and removes its folder.
    void stop();

  private:
    friend const TestServer& shared_server(Flavour flavour, std::string_view role,
                                           const ServerOptions& options);
    TestServer() = default;
    void read(std::string_view settings);

    Flavour flavour_ = Flavour::mysql80;
    std::string host_;
    int port_ = 0;
    std::string password_;
    std::string version_;
    std::filesystem::path folder_;
    pid_t pid_ = -1;
    bool owned_ = false;
};

/// A server that all tests of one ctest run share, to save the starts: begun by the first that asks,
/// it ends with ctest. Outside ctest it belongs to this process. `role` tells several apart (e.g.
/// "source", "target"); the options count for the first who asks. Use databases of unique names
/// (TestDatabase) and change no global variable: tests that must have servers of their own.
const TestServer& shared_server(Flavour flavour, std::string_view role, const ServerOptions& options = {});

/// Whether this machine can start it (false e.g. where only the build's tools were installed).
[[nodiscard]] bool available(Flavour flavour);
[[nodiscard]] std::string_view name_of(Flavour flavour) noexcept;

/// A loopback port that nobody listened on a moment ago.
[[nodiscard]] int free_port();

}  // namespace transload::test
