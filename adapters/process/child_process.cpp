#include "adapters/process/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>

// Boost.Process 1.74 is not written for our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <boost/process/start_dir.hpp>
#pragma GCC diagnostic pop

namespace transload::process {
namespace {

namespace bp = boost::process;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestLine = 64UL << 10;
constexpr int kPollMilliseconds = 20;
constexpr std::chrono::milliseconds kDrainAfterExit{200};

/// Runs in the child between fork and exec: only async-signal-safe calls.
void prepare_child(pid_t parent) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
    // Locks, sockets and logs of the parent must not live on in the child. Marked, not closed, since Boost
    // still reports a failed exec through a descriptor of its own.
    if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        for (int fd = 3; fd < 65'536; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
}

/// Cuts a stream of bytes into lines and hands them on.
class Lines {
  public:
    explicit Lines(const Command& command) : command_(command) {
        if (command.log_file.empty()) return;
        std::error_code ignored;
        std::filesystem::create_directories(command.log_file.parent_path(), ignored);
        log_.open(command.log_file, std::ios::app | std::ios::binary);
        if (!log_)
            throw Error(ErrorKind::failed, "process.log", command.log_file.string(),
                        "the log file can't be written",
                        "make its folder writable or choose another state folder");
    }
    void add(std::string_view bytes) {
        for (;;) {
            const std::size_t end = bytes.find('\n');
            pending_.append(bytes.substr(0, end));
            if (end == std::string_view::npos) {
                if (pending_.size() > kLongestLine) flush();
                return;
            }
            flush();
            bytes.remove_prefix(end + 1);
        }
    }
    void finish() {
        if (!pending_.empty()) flush();
    }

  private:
    void flush() {
        if (!pending_.empty() && pending_.back() == '\r') pending_.pop_back();
        if (log_.is_open()) log_ << pending_ << '\n' << std::flush;
        const std::string line = std::move(pending_);
        pending_.clear();
        if (command_.on_line) command_.on_line(line);
    }
    const Command& command_;
    std::ofstream log_;
    std::string pending_;
};

[[noreturn]] void throw_start_error(const Command& command, int code) {
    const std::string name = command.program.string();
    if (!command.directory.empty() && !std::filesystem::is_directory(command.directory))
        throw Error(ErrorKind::failed, "process.directory", command.directory.string(),
                    "the working folder does not exist", "create it");
    switch (code) {
        case ENOENT:
        case ENOTDIR:
            // A script whose interpreter is missing fails with the same code.
            if (std::filesystem::exists(command.program))
                throw Error(ErrorKind::failed, "process.broken", name,
                            "the program can't be started: its interpreter or loader does not exist",
                            "install it again for this system");
            throw Error(ErrorKind::failed, "process.not_found", name, "the program does not exist",
                        "install it or give its right path");
        case EACCES:
        case EPERM:
            throw Error(ErrorKind::failed, "process.not_executable", name, "the program may not be executed",
                        fmt::format("chmod +x '{}', or give the path of another", name));
        default:
            throw Error(ErrorKind::failed, "process.broken", name,
                        fmt::format("the program can't be started: {}",
                                    std::error_code(code, std::generic_category()).message()),
                        "install it again for this system");
    }
}

bp::environment child_environment(const Command& command) {
    bp::environment result = boost::this_process::environment();
    std::vector<std::string> off;
    for (const auto& entry : result)
        for (const std::string& prefix : command.environment_prefixes_off)
            if (entry.get_name().starts_with(prefix)) off.push_back(entry.get_name());
    for (const std::string& name : off) result.erase(name);
    for (const auto& [name, value] : command.environment) result[name] = value;
    return result;
}

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Standard input as a file in memory: a program that does not read it keeps nobody waiting.
File input_file(const Command& command) {
    const int fd = ::memfd_create("input", MFD_CLOEXEC);
    File file(fd < 0 ? nullptr : ::fdopen(fd, "w+"));
    if (!file || std::fwrite(command.input.data(), 1, command.input.size(), file.get()) != command.input.size() ||
        std::fflush(file.get()) != 0 || std::fseek(file.get(), 0, SEEK_SET) != 0)
        throw_start_error(command, errno);
    return file;
}

bool has_exited(pid_t pid) {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid;
}

/// Ends a whole process group on every way out of run(). While the leader is not reaped its id can't be used
/// again, so the signals can't hit a stranger.
class Group {
  public:
    Group(bp::child& leader, std::chrono::milliseconds grace) : leader_(leader), grace_(grace) {}
    ~Group() {
        if (!reaped_) reap();
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    void terminate() {
        ::kill(-leader_.id(), SIGTERM);
        const auto deadline = Clock::now() + grace_;
        while (!has_exited(leader_.id()) && Clock::now() < deadline) ::poll(nullptr, 0, 10);
        reap();
    }
    /// Kills what is left of the group and collects the leader.
    void reap() {
        ::kill(-leader_.id(), SIGKILL);
        ::kill(leader_.id(), SIGKILL);  // had it left the group; no effect on a leader that has ended
        std::error_code ignored;
        leader_.wait(ignored);
        reaped_ = true;
    }

  private:
    bp::child& leader_;
    std::chrono::milliseconds grace_;
    bool reaped_ = false;
};

/// Reads what is there. False at the end of the stream.
bool read_available(int fd, Lines& lines) {
    std::array<char, 16'384> buffer;
    for (;;) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got > 0) {
            lines.add({buffer.data(), static_cast<std::size_t>(got)});
            continue;
        }
        if (got == 0) return false;
        if (errno == EINTR) continue;
        return errno == EAGAIN || errno == EWOULDBLOCK;
    }
}

}  // namespace

Exit run(const Command& command) {
    if (command.stop.stop_requested())
        throw Error(ErrorKind::cancelled, "job.stopped", command.program.string(), "stopped on request", "");
    Lines lines(command);
    bp::pipe output;
    const int fd = output.native_source();
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    const pid_t parent = ::getpid();
    const std::string directory =
        command.directory.empty() ? std::filesystem::current_path().string() : command.directory.string();

    const File input = input_file(command);
    std::error_code failure;
    bp::child leader(
        bp::exe = command.program.string(), bp::args = command.arguments, child_environment(command),
        bp::start_dir = directory, (bp::std_out & bp::std_err) > output, bp::std_in < input.get(),
        bp::extend::on_exec_setup = [parent](auto&) { prepare_child(parent); }, failure);
    if (failure) throw_start_error(command, failure.value());

    Group group(leader, command.grace);
    ::setpgid(leader.id(), leader.id());  // here as well, whoever comes first
    const auto begin = Clock::now();
    std::optional<Clock::time_point> drain_until;
    for (bool open = true;;) {
        pollfd waiting{fd, POLLIN, 0};
        if (open)
            ::poll(&waiting, 1, kPollMilliseconds);
        else
            ::poll(nullptr, 0, kPollMilliseconds);
        const bool exited = has_exited(leader.id());
        if (open) open = read_available(fd, lines);
        if (exited) {
            // A process that it left behind may hold the pipe open for ever: don't wait for that.
            if (!drain_until) drain_until = Clock::now() + kDrainAfterExit;
            if (!open || Clock::now() >= *drain_until) break;
            continue;
        }
        if (command.stop.stop_requested()) {
            group.terminate();
            read_available(fd, lines);
            lines.finish();
            throw Error(ErrorKind::cancelled, "job.stopped", command.program.string(), "stopped on request",
                        "");
        }
        if (command.time_limit.count() > 0 && Clock::now() - begin >= command.time_limit) {
            group.terminate();
            read_available(fd, lines);
            lines.finish();
            throw Error(
                ErrorKind::failed, "process.time_limit", command.program.string(),
                fmt::format("the program ran longer than its time limit of {} s and was ended",
                            std::chrono::duration_cast<std::chrono::seconds>(command.time_limit).count()),
                "raise the time limit, or find out in the log what it waited for");
        }
    }
    lines.finish();
    group.reap();

    const int status = leader.native_exit_code();
    Exit result;
    if (WIFSIGNALED(status)) {
        result.signal = WTERMSIG(status);
        result.code = 128 + result.signal;
    } else {
        result.code = WEXITSTATUS(status);
    }
    return result;
}

}  // namespace transload::process
