#include "adapters/native/stream/crew.hpp"

#include <algorithm>

#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/stream/checked_batch.hpp"
#include "adapters/native/stream/named_point.hpp"
#include "adapters/native/stream/write_session.hpp"

namespace transload::native {
namespace {

constexpr unsigned most_deadlocks = 50;

bool is_deadlock(const Error& error) { return error.id() == "mysql.deadlock"; }

}  // namespace

void wait_or_rethrow(const Error& error, const RetryPolicy& retry, unsigned tried, const std::stop_token& stop) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    const bool again = error.kind() == ErrorKind::transient || error.kind() == ErrorKind::in_doubt;
    if (!again || tried + 1 >= retry.attempts) throw error;
    back_off(retry, tried, stop);
}

/// One thread's session and what it does with it.
class Crew::Member {
  public:
    explicit Member(Crew& crew) : crew_(crew) {}

    void apply(const GroupWork& work, unsigned part) {
        bool careful = false;
        unsigned deadlocks = 0;
        for (unsigned tried = 0;;) {
            try {
                attempt(work, part, careful);
                return;
            } catch (const Error& error) {
                const auto* answer = dynamic_cast<const mysql::ServerError*>(&error);
                const bool lost = !answer || answer->connection_lost() || error.kind() == ErrorKind::in_doubt;
                if (lost || !rolled_back()) {
                    if (lost && answer) crew_.count_lost();
                    connection_.reset();
                }
                if (error.id() == CheckedBatch::look_closer && !careful) {
                    careful = true;
                } else if (is_deadlock(error) && ++deadlocks < most_deadlocks && !crew_.stop_.stop_requested()) {
                    const std::lock_guard alone(crew_.one_at_a_time_);
                    try {
                        attempt(work, part, careful);
                        return;
                    } catch (const Error& again) {
                        connection_.reset();
                        if (!is_deadlock(again)) wait_or_rethrow(again, crew_.target_.retry, tried++, crew_.stop_);
                    }
                } else {
                    wait_or_rethrow(error, crew_.target_.retry, tried++, crew_.stop_);
                }
            }
        }
    }

  private:
    void attempt(const GroupWork& work, unsigned part, bool careful) {
        if (!connection_) connection_ = open_write_session(crew_.target_.to, crew_.target_.log_bin, crew_.target_.group);
        const Interrupter::Watch watch(crew_.interrupter_, *connection_);
        if (!claim(work, part)) return;
        write_part(*connection_, crew_.target_.context, work.parts[part], careful);
        named_point("part.written");
        connection_->commit();
        named_point("part.committed");
    }

    /// First in the transaction: it waits for the end of a lost session's attempt, and finds what that one did.
    bool claim(const GroupWork& work, unsigned part) {
        const Ledger& ledger = crew_.target_.ledger;
        if (work.parts.size() > 1) return ledger.mark(*connection_, work.step.group, part);
        if (ledger.take(*connection_, work.step)) return true;
        const bool done = ledger.taken(*connection_, work.step);
        connection_->execute("ROLLBACK");
        if (!done) throw stream_taken(crew_.target_.to);
        return false;
    }

    bool rolled_back() {
        if (!connection_) return true;
        try {
            const Interrupter::Watch watch(crew_.interrupter_, *connection_);
            connection_->execute("ROLLBACK");
            return true;
        } catch (const Error&) {
            return false;
        }
    }

    Crew& crew_;
    std::unique_ptr<mysql::Connection> connection_;
};

Error stream_taken(const Endpoint& to) {
    return {ErrorKind::transient, "native.stream_taken", to.label(),
            "the stream's checkpoint was moved by somebody else",
            "see that only one program runs the job; it goes on from the checkpoint"};
}

Crew::Crew(unsigned size, const WriteTarget& target, Signal& signal, std::stop_token stop)
    : target_(target), signal_(signal), stop_(stop), interrupter_(std::move(stop)) {
    for (unsigned i = 0; i < std::max(size, 1U); ++i)
        threads_.emplace_back([this](const std::stop_token& ended) { run(ended); });
}

Crew::~Crew() = default;

void Crew::start(const GroupWork& work) {
    {
        const std::lock_guard lock(mutex_);
        work_ = &work;
        for (unsigned part = 0; part < work.parts.size(); ++part)
            if (!work.done.contains(part) && (work.parts.size() == 1 || !work.parts[part].empty()))
                waiting_.push_back(part);
    }
    changed_.notify_all();
}

bool Crew::idle() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && running_ == 0;
}

void Crew::rethrow() const {
    const std::lock_guard lock(mutex_);
    if (error_ && waiting_.empty() && running_ == 0) std::rethrow_exception(error_);
}

std::uint64_t Crew::lost_sessions() const {
    const std::lock_guard lock(mutex_);
    return lost_;
}

void Crew::count_lost() {
    const std::lock_guard lock(mutex_);
    ++lost_;
}

void Crew::run(const std::stop_token& ended) {
    Member member(*this);
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, ended, [&] { return !waiting_.empty(); })) {
        const unsigned part = waiting_.front();
        waiting_.pop_front();
        ++running_;
        const GroupWork& work = *work_;
        lock.unlock();
        std::exception_ptr error;
        try {
            member.apply(work, part);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        --running_;
        if (error) {
            if (!error_) error_ = error;
            waiting_.clear();
        }
        lock.unlock();
        signal_.notify();
        lock.lock();
    }
}

}  // namespace transload::native
