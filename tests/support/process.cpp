#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

extern char** environ;

namespace transload::test {
namespace {

class Fd {
  public:
    explicit Fd(int value = -1) noexcept : value_(value) {}
    ~Fd() { close(); }
    Fd(Fd&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    [[nodiscard]] int get() const noexcept { return value_; }
    void close() noexcept {
        if (value_ >= 0) {
            ::close(std::exchange(value_, -1));
        }
    }

  private:
    int value_;
};

std::pair<Fd, Fd> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
    }
    return {Fd(ends[0]), Fd(ends[1])};
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!added.contains(std::string(text.substr(0, text.find('='))))) {
            result.emplace_back(text);
        }
    }
    for (const auto& [name, value] : added) {
        result.push_back(name + "=" + value);
    }
    return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        return name;
    }
    const char* path = std::getenv("PATH");
    std::string_view rest = path != nullptr ? path : "/usr/bin:/bin";
    while (!rest.empty()) {
        const std::size_t colon = rest.find(':');
        std::string candidate = std::string(rest.substr(0, colon)) + "/" + name;
        if (::access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
        rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
    }
    throw std::runtime_error("no program '" + name + "' on PATH");
}

int as_exit_code(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

struct Process::State {
    pid_t pid = -1;
    bool ended = false;
    int exit_code = -1;
    bool timed_out = false;
    Fd input;
    Fd out;
    Fd err;
    std::string to_write;
    mutable std::mutex mutex;
    std::string out_text;
    std::string err_text;
    std::atomic<bool> pumped{false};  ///< nothing more comes
    std::thread reader;

    ~State() {
        if (!ended) {
            ::kill(-pid, SIGKILL);
            reap(true);
        }
        if (reader.joinable()) {
            reader.join();
        }
    }

    bool reap(bool block) {
        if (ended) {
            return true;
        }
        int status = 0;
        pid_t got = 0;
        do {
            got = ::waitpid(pid, &status, block ? 0 : WNOHANG);
        } while (got < 0 && errno == EINTR);
        if (got == pid) {
            ended = true;
            exit_code = as_exit_code(status);
        }
        return ended;
    }

    void write_some() {
        const ssize_t wrote = ::write(input.get(), to_write.data(), to_write.size());
        if (wrote >= 0) {
            to_write.erase(0, static_cast<std::size_t>(wrote));
        }
        if (to_write.empty() || (wrote < 0 && errno != EAGAIN && errno != EINTR)) {
            input.close();
        }
    }

    void read_some(Fd& from, std::string& into) {
        std::array<char, 65536> buffer{};
        const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
        if (got > 0) {
            const std::lock_guard lock(mutex);
            into.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
            from.close();
        }
    }

    // Until both outputs are closed, or the program ended and a grandchild still holds them open.
    void pump() {
        int quiet_after_end = 0;
        while (out.get() >= 0 || err.get() >= 0) {
            std::array<pollfd, 3> fds{pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0},
                                      pollfd{input.get(), POLLOUT, 0}};
            const int ready = ::poll(fds.data(), fds.size(), 100);
            if (ready == 0 && !alive() && ++quiet_after_end > 5) {
                return;
            }
            if (ready <= 0) {
                continue;
            }
            if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
                read_some(out, out_text);
            }
            if ((fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
                read_some(err, err_text);
            }
            if ((fds[2].revents & (POLLOUT | POLLERR | POLLHUP)) != 0) {
                write_some();
            }
        }
    }

    // Without reaping: the owner's thread does that.
    [[nodiscard]] bool alive() const {
        siginfo_t info{};
        const int code = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
        return code == 0 && info.si_pid == 0;
    }
};

Process::Process(std::vector<std::string> argv, ProcessOptions options) : state_(std::make_unique<State>()) {
    ::signal(SIGPIPE, SIG_IGN);
    const std::string program = find_program(argv.at(0));
    auto [in_read, in_write] = make_pipe();
    auto [out_read, out_write] = make_pipe();
    auto [err_read, err_write] = make_pipe();
    auto [fail_read, fail_write] = make_pipe();
    std::vector<std::string> environment = merged_environment(options.environment);
    const std::vector<char*> args = pointers(argv);
    const std::vector<char*> env = pointers(environment);
    const std::string directory = options.directory.string();
    const pid_t parent = ::getpid();

    const pid_t child = ::fork();
    if (child == 0) {
        // Only async-signal-safe calls from here on.
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::signal(SIGPIPE, SIG_DFL);
        if (::getppid() == parent && (directory.empty() || ::chdir(directory.c_str()) == 0) &&
            ::dup2(in_read.get(), 0) >= 0 && ::dup2(out_write.get(), 1) >= 0 &&
            ::dup2(err_write.get(), 2) >= 0) {
            ::execve(program.c_str(), args.data(), env.data());
        }
        const int why = errno;
        [[maybe_unused]] const ssize_t told = ::write(fail_write.get(), &why, sizeof why);
        ::_exit(127);
    }
    if (child < 0) {
        state_->ended = true;
        throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    }
    ::setpgid(child, child);
    state_->pid = child;
    fail_write.close();
    int why = 0;
    if (::read(fail_read.get(), &why, sizeof why) == static_cast<ssize_t>(sizeof why)) {
        throw std::runtime_error("can't start " + program + ": " + std::strerror(why));
    }
    ::fcntl(in_write.get(), F_SETFL, O_NONBLOCK);
    state_->out = std::move(out_read);
    state_->err = std::move(err_read);
    state_->to_write = std::move(options.input);
    if (!state_->to_write.empty()) {
        state_->input = std::move(in_write);
    }
    out_write.close();
    err_write.close();
    state_->reader = std::thread([state = state_.get()] {
        state->pump();
        state->pumped = true;
    });
}

Process::~Process() = default;
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;

pid_t Process::pid() const noexcept {
    return state_->pid;
}

bool Process::running() {
    return !state_->reap(false);
}

void Process::signal(int number) {
    if (running()) {
        ::kill(state_->pid, number);
    }
}

ProcessResult Process::wait(std::chrono::milliseconds limit) {
    if (!eventually([this] { return state_->reap(false); }, limit, std::chrono::milliseconds(5))) {
        ::kill(-state_->pid, SIGKILL);
        state_->reap(true);
        state_->timed_out = true;
    }
    if (state_->reader.joinable()) {
        state_->reader.join();
    }
    return {state_->exit_code, state_->timed_out, out(), err()};
}

bool Process::wait_for(std::string_view text, std::chrono::milliseconds limit) {
    const auto seen = [this, text] {
        const std::lock_guard lock(state_->mutex);
        return state_->out_text.find(text) != std::string::npos ||
               state_->err_text.find(text) != std::string::npos;
    };
    bool found = false;
    (void)eventually(
        [&] {
            const bool over = !running() && state_->pumped;  // while its last words are on their way it is not
            found = seen();
            return found || over;
        },
        limit);
    return found;
}

std::string Process::out() const {
    const std::lock_guard lock(state_->mutex);
    return state_->out_text;
}

std::string Process::err() const {
    const std::lock_guard lock(state_->mutex);
    return state_->err_text;
}

ProcessResult run(std::vector<std::string> argv, ProcessOptions options, std::chrono::milliseconds limit) {
    return Process(std::move(argv), std::move(options)).wait(limit);
}

std::filesystem::path transload_program() {
    const char* other = std::getenv("TRANSLOAD_PROGRAM");
    return other != nullptr ? other : TRANSLOAD_TEST_PROGRAM;
}

}  // namespace transload::test
