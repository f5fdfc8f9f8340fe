#include "adapters/logging/log_sink.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>

#include "adapters/logging/output_queue.hpp"

namespace transload::logging {
namespace {

spdlog::level::level_enum level_of(Severity severity) {
    switch (severity) {
        case Severity::info:
            return spdlog::level::info;
        case Severity::warning:
            return spdlog::level::warn;
        case Severity::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

/// Lines as they come out of the logger, on their way to whoever reads them.
class QueueSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit QueueSink(OutputQueue& queue) : queue_(queue) {}

  private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        queue_.push(fmt::to_string(line));
    }
    void flush_() override {}

    OutputQueue& queue_;
};

OutputQueue::Gap gap_in(LogFormat format) {
    return [format](std::uint64_t lines) {
        return render({std::chrono::system_clock::now(), Severity::warning, "", "", "", "",
                       fmt::format("{} lines are left out here, because nobody read them in time", lines)},
                      format) +
               "\n";
    };
}

}  // namespace

struct LogSink::Impl {
    using Clock = std::chrono::steady_clock;

    struct Shown {
        std::string phase;
        Clock::time_point at;
    };

    Impl(const LogOptions& options_, OutputQueue::Write write_line)
        : options(options_),
          queue(std::move(write_line), gap_in(options.format)),
          logger("transload", std::make_shared<QueueSink>(queue)) {
        logger.set_pattern("%v");
        logger.set_level(spdlog::level::info);
        // What can't be logged must not end the migration, and has no place to be told.
        logger.set_error_handler([](const std::string&) {});
    }

    void write(const LogLine& line) noexcept {
        try {
            logger.log(level_of(line.level), spdlog::string_view_t(render(line, options.format)));
        } catch (...) {
            // EventSink must not throw; there is nothing left to tell.
        }
    }

    /// True when this progress is worth a line now.
    bool due(const JobId& job, const TableProgress& progress) {
        const std::lock_guard lock(mutex);
        const auto now = Clock::now();
        const auto [entry, first] =
            shown.try_emplace({job.str(), progress.table}, Shown{progress.phase, now});
        Shown& last = entry->second;
        if (!first && last.phase == progress.phase && now - last.at < options.progress_interval) return false;
        last = {progress.phase, now};
        return true;
    }

    /// A job that has come to rest is forgotten, so that a long-lived server does not collect tables.
    void forget(const JobId& job) {
        const std::lock_guard lock(mutex);
        for (auto entry = shown.lower_bound({job.str(), ""});
             entry != shown.end() && entry->first.first == job.str();)
            entry = shown.erase(entry);
    }

    LogOptions options;
    OutputQueue queue;
    spdlog::logger logger;
    std::mutex mutex;
    std::map<std::pair<std::string, std::string>, Shown> shown;
};

LogSink::LogSink(const LogOptions& options)
    : impl_(std::make_unique<Impl>(options, OutputQueue::to(STDOUT_FILENO))) {}

LogSink::LogSink(const LogOptions& options, std::ostream& stream)
    : impl_(std::make_unique<Impl>(options, [&stream](std::string_view line) { stream << line << std::flush; })) {}

LogSink::~LogSink() = default;

void LogSink::on_event(const Event& event) {
    try {
        impl_->write(line_of(event));
        if (!is_active(event.state)) impl_->forget(event.job);
    } catch (...) {
        // out of memory: the event is durable all the same
    }
}

void LogSink::on_progress(const JobId& job, const TableProgress& progress) {
    try {
        if (impl_->due(job, progress)) impl_->write(line_of(job, progress, std::chrono::system_clock::now()));
    } catch (...) {
    }
}

bool LogSink::drain() { return impl_->queue.drain(); }

void LogSink::note(Severity level, std::string_view message) {
    try {
        impl_->write({std::chrono::system_clock::now(), level, "", "", "", "", std::string(message)});
    } catch (...) {
    }
}

}  // namespace transload::logging
