#pragma once
#include <chrono>
#include <exception>
#include <future>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "adapters/mysql/consistent_view.hpp"
#include "adapters/mysql/sharded_target.hpp"
#include "adapters/mysql/validation/canonical.hpp"
#include "adapters/mysql/validation/statement_stop.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::mysql::validation {

/// What all lanes share. References must outlive them.
struct LaneContext {
    const JobSpec& spec;
    ConsistentView& view;
    ConsistentView* target_view;  ///< null: each lane reads the target through a snapshot of its own
    StatementStop& stop;
    RunControl& control;
    std::stop_token stop_token;  ///< the job's stop, or the failure of another lane
};

/// One worker's sessions: a lent one of the source's view, one on the target (lent from the target's view, or with a
/// snapshot of its own), and, when something is to be mended, one that writes. Used by one thread (and by `on_both`'s second one).
class Lane {
  public:
    explicit Lane(const LaneContext& context);

    /// Lends the sessions of views to other lanes until on() asks for them again. To be called before waiting for
    /// anything that another lane may hold while it waits for a session.
    void lend_sessions();

    /// What the target is from now on: the job's target server, or its logical database at a proxy.
    void reach_target(Reach reach) noexcept { reach_ = reach; }

    /// Opened on first use. A source session is always one of the view, and one of the target too where there is a view of
    /// it. Asking for the source may end what on(Side::target) gave: ask for the source first.
    [[nodiscard]] Connection& on(Side side);
    /// A session (copy_read) at a shard itself, behind the proxy's back.
    [[nodiscard]] Connection& shard(const StorageUnit& unit);
    [[nodiscard]] Connection& writer();

    /// False when the target is read through a view: what is found there may be gone by now, so nothing is mended, and a
    /// statement that is broken off can't be had again.
    [[nodiscard]] bool target_is_present() const noexcept { return context_.target_view == nullptr; }
    /// The target as it is now: after a repair, and after a lost connection. Only where target_is_present().
    void renew_target();

    /// Gives up what an error has broken, so that other tables can be read.
    void mend_sessions();

    /// Gives the source session up: its statement was broken off.
    void drop_source();

    /// Throws Error{cancelled} when the work is to end.
    void check() const;

    [[nodiscard]] RunControl& control() const noexcept { return context_.control; }
    [[nodiscard]] const JobSpec& spec() const noexcept { return context_.spec; }

    /// Runs `work`, and again on fresh sessions when it fails in a way that may pass, as JobSpec::retry says.
    /// Errors come out with `object` as their object.
    template <class Work>
    auto retrying(const std::string& object, Work&& work) -> decltype(work()) {
        for (unsigned attempt = 1;; ++attempt) {
            check();
            try {
                return work();
            } catch (const Error& error) {
                give_up_or_wait(error, object, attempt);
            }
        }
    }

    /// `work(Side)` for both sides at the same time; both have ended when it returns or throws.
    template <class Work>
    void on_both(Work&& work) {
        static_cast<void>(on(Side::source));  // sessions are opened by the lane's own thread
        static_cast<void>(on(Side::target));
        auto other = std::async(std::launch::async, [&] { work(Side::target); });
        std::exception_ptr failure;
        try {
            work(Side::source);
        } catch (...) {
            failure = std::current_exception();
        }
        try {
            other.get();
        } catch (...) {
            if (!failure) failure = std::current_exception();
        }
        if (failure) std::rethrow_exception(failure);
    }

  private:
    [[nodiscard]] ConsistentView::Lease borrow(ConsistentView& view);

    /// Throws unless another attempt makes sense; else waits (a stop ends the wait) and mends the sessions.
    void give_up_or_wait(const Error& error, const std::string& object, unsigned attempt);

    /// A session at a shard, whose statements end when the work is to end.
    struct Shard {
        Shard(StatementStop& stop, const StorageUnit& unit)
            : session(connect_unit(unit, SessionProfile::copy_read)), watch(stop, session) {}
        Connection session;
        StatementStop::Watch watch;
    };

    LaneContext context_;
    Reach reach_ = Reach::server;
    /// Not watched: KILL QUERY means nothing to a proxy. What is asked there is bounded by the size of a chunk, but
    /// for counts.
    std::optional<Connection> proxy_;
    std::map<std::string, Shard> shards_;
    // Watches are declared after what they watch: they go first.
    std::optional<ConsistentView::Lease> source_;
    std::optional<ConsistentView::Lease> target_lease_;
    std::optional<Connection> target_;
    std::optional<Connection> writer_;
    std::optional<StatementStop::Watch> source_watch_;
    std::optional<StatementStop::Watch> target_watch_;
    std::optional<StatementStop::Watch> writer_watch_;
};

}  // namespace transload::mysql::validation
