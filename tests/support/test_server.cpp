#include "tests/support/test_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace transload::test {
namespace {

std::string script() {
    return (source_dir() / "scripts/lib/mysql-server.sh").string();
}

std::string call(std::vector<std::string> arguments) {
    const std::string what = arguments.at(0);
    arguments.insert(arguments.begin(), script());
    ProcessResult result = run(std::move(arguments), {}, std::chrono::seconds(180));
    if (result.exit_code != 0) {
        throw std::runtime_error("mysql-server.sh " + what + ": " + result.err);
    }
    return result.out;
}

std::map<std::string, std::string> key_values(std::string_view text) {
    std::map<std::string, std::string> result;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t equals = line.find('=');
        if (equals != std::string::npos) {
            result[line.substr(0, equals)] = line.substr(equals + 1);
        }
    }
    return result;
}

std::vector<std::string> start_arguments(Flavour flavour, const ServerOptions& options, pid_t owner) {
    std::vector<std::string> result{"start",
                                    "--flavour",
                                    std::string(name_of(flavour)),
                                    "--owner",
                                    std::to_string(owner),
                                    "--memory",
                                    options.memory,
                                    "--gtid",
                                    options.gtid ? "on" : "off",
                                    "--binlog",
                                    options.binlog ? "on" : "off"};
    if (!options.password.empty()) {
        result.insert(result.end(), {"--password", options.password});
    }
    if (options.local_infile) {
        result.emplace_back("--local-infile");
    }
    if (options.server_id != 0) {
        result.insert(result.end(), {"--server-id", std::to_string(options.server_id)});
    }
    result.emplace_back("--");
    result.insert(result.end(), options.extra.begin(), options.extra.end());
    return result;
}

// The run that shares: ctest when it is our parent, else this process alone.
pid_t sharing_process() {
    std::ifstream name("/proc/" + std::to_string(::getppid()) + "/comm");
    std::string text;
    std::getline(name, text);
    return text == "ctest" ? ::getppid() : ::getpid();
}

// Holds a file's lock as long as it lives, across processes.
class FileLock {
  public:
    explicit FileLock(const std::filesystem::path& file)
        : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (fd_ < 0 || ::flock(fd_, LOCK_EX) != 0) {
            throw std::runtime_error("can't lock " + file.string());
        }
    }
    ~FileLock() { ::close(fd_); }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

  private:
    int fd_;
};

bool runs(const std::map<std::string, std::string>& server) {
    const auto pid = server.find("PID");
    return pid != server.end() && ::kill(std::atoi(pid->second.c_str()), 0) == 0 &&
           std::filesystem::exists(server.at("DIR") + "/server.env");
}

}  // namespace

std::string_view name_of(Flavour flavour) noexcept {
    switch (flavour) {
        case Flavour::mysql80:
            return "mysql80";
        case Flavour::mysql97:
            return "mysql97";
        case Flavour::mariadb:
            return "mariadb";
    }
    return "unknown";
}

bool available(Flavour flavour) {
    static const std::string all = "\n" + call({"flavours"});
    return all.find("\n" + std::string(name_of(flavour)) + " ") != std::string::npos;
}

TestServer TestServer::start(Flavour flavour, const ServerOptions& options) {
    TestServer server;
    server.flavour_ = flavour;
    server.read(call(start_arguments(flavour, options, ::getpid())));
    server.owned_ = true;
    return server;
}

TestServer::~TestServer() {
    try {
        if (owned_) {
            stop();
        }
    } catch (const std::exception&) {
        // The watcher removes it when this process ends.
    }
}

TestServer::TestServer(TestServer&& other) noexcept {
    *this = std::move(other);
}

TestServer& TestServer::operator=(TestServer&& other) noexcept {
    std::swap(flavour_, other.flavour_);
    std::swap(host_, other.host_);
    std::swap(port_, other.port_);
    std::swap(password_, other.password_);
    std::swap(version_, other.version_);
    std::swap(folder_, other.folder_);
    std::swap(pid_, other.pid_);
    std::swap(owned_, other.owned_);
    return *this;
}

void TestServer::read(std::string_view settings) {
    const auto values = key_values(settings);
    host_ = values.at("HOST");
    port_ = std::stoi(values.at("PORT"));
    password_ = values.at("PASSWORD");
    version_ = values.at("VERSION");
    folder_ = values.at("DIR");
    pid_ = std::stoi(values.at("PID"));
}

std::string TestServer::url(std::string_view database) const {
    return "mysql://" + user() + "@" + host_ + ":" + std::to_string(port_) + "/" + std::string(database);
}

void TestServer::kill() {
    call({"halt", folder_.string(), "--kill"});
}

void TestServer::halt() {
    call({"halt", folder_.string()});
}

void TestServer::restart(const std::vector<std::string>& extra) {
    std::vector<std::string> arguments{"restart", folder_.string()};
    if (!extra.empty()) {
        arguments.emplace_back("--");
        arguments.insert(arguments.end(), extra.begin(), extra.end());
    }
    read(call(std::move(arguments)));
}

void TestServer::stop() {
    owned_ = false;
    call({"stop", folder_.string()});
}

const TestServer& shared_server(Flavour flavour, std::string_view role, const ServerOptions& options) {
    static std::mutex mutex;
    static std::map<std::string, TestServer> known;
    const std::lock_guard guard(mutex);
    const std::string key = std::string(name_of(flavour)) + "-" + std::string(role);
    const auto found = known.find(key);
    if (found != known.end()) {
        return found->second;
    }

    const pid_t sharer = sharing_process();
    TestServer server;
    server.flavour_ = flavour;
    if (sharer == ::getpid()) {
        server = TestServer::start(flavour, options);
    } else {
        // Named after ctest's process, so that two runs at once don't meet.
        const auto folder = std::filesystem::temp_directory_path() /
                            ("transload-shared-" + std::to_string(::getuid()) + "-" + std::to_string(sharer));
        std::filesystem::create_directories(folder);
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
        const FileLock lock(folder / (key + ".lock"));
        const auto file = folder / (key + ".env");
        std::string settings = std::filesystem::exists(file) ? read_file(file) : std::string();
        if (!runs(key_values(settings))) {
            settings = call(start_arguments(flavour, options, sharer));
            std::ofstream(file) << settings;
        }
        server.read(settings);
    }
    return known.emplace(key, std::move(server)).first->second;
}

int free_port() {
    // Below the kernel's range for outgoing connections, so that none of those takes it meanwhile, and below the ports that
    // mysql-server.sh gives to servers.
    std::random_device random;
    std::uniform_int_distribution<int> any(10'000, 17'999);
    for (int i = 0; i < 200; ++i) {
        const int port = any(random);
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        const bool ok = fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::close(fd);
        if (ok) {
            return port;
        }
    }
    throw std::runtime_error("no free loopback port");
}

}  // namespace transload::test
