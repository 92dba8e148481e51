"""Strategies that cheat, most of them as people do without meaning to."""

from __future__ import annotations

import numpy as np
from typing_extensions import override

from puffin.strategies.base import Signals, Strategy
from puffin.strategies.orders import Entries, Orders
from tests.puffin.truth.corpus.rules import (
    Corpus,
    Named,
    ago,
    changes,
    ema,
    filled_backward,
    last_of,
    long_while,
    periods,
    rolling,
)

BIASED = Corpus()


@BIASED.targets()
def tomorrow_s_close(bars):
    return long_while(ago(bars.close, -1) > bars.close)


@BIASED.targets()
def tomorrow_s_close_where_the_last_bar_sees_itself(bars):
    tomorrow = bars.close[np.minimum(np.arange(len(bars)) + 1, len(bars) - 1)]
    return long_while(tomorrow >= bars.close)


@BIASED.targets()
def tomorrow_s_close_where_the_end_wraps_round(bars):
    return long_while(np.roll(bars.close, -1) > bars.close)


@BIASED.targets()
def tomorrow_s_open(bars):
    return long_while(ago(bars.open, -1) > bars.close)


@BIASED.targets()
def next_week_s_return(bars):
    return long_while(ago(bars.close, -5) > bars.close * 1.01)


@BIASED.targets(warm_up=21)
def centred_moving_average(bars):
    smooth = np.convolve(bars.close, np.ones(21) / 21, mode="same")
    return long_while(bars.close < smooth)


@BIASED.targets()
def z_score_of_the_whole_sample(bars):
    close = bars.close
    return long_while((close - close.mean()) / close.std() < 0)


@BIASED.targets()
def scaled_to_the_whole_range(bars):
    low, high = bars.close.min(), bars.close.max()
    return long_while((bars.close - low) / (high - low) < 0.4)


@BIASED.targets()
def quantile_of_all_returns(bars):
    moves = changes(bars.close)
    return long_while(moves < np.quantile(moves, 0.2))


@BIASED.targets()
def rank_among_all_returns(bars):
    moves = changes(bars.close)
    return long_while(moves.argsort().argsort() / len(moves) < 0.3)


@BIASED.targets(warm_up=6)
def fitted_on_the_returns_it_predicts(bars):
    moves = changes(bars.close)
    features = np.column_stack([np.nan_to_num(ago(moves, lag)) for lag in range(1, 6)])
    target = np.nan_to_num(ago(moves, -1))
    weights, *_ = np.linalg.lstsq(features, target, rcond=None)
    return long_while(features @ weights > 0)


@BIASED.targets(warm_up=6)
def the_label_among_the_features(bars):
    label = np.sign(np.nan_to_num(ago(changes(bars.close), -1)))
    return np.where(rolling(label, 3) > 0, 1.0, 0.0)


@BIASED.targets(warm_up=3)
def nearest_neighbour_that_may_be_tomorrow(bars):
    moves = changes(bars.close)
    order = np.argsort(moves, kind="stable")
    neighbour = np.empty(len(moves), np.int64)
    neighbour[order] = np.append(order[1:], order[-1])
    return long_while(np.nan_to_num(ago(moves, -1))[neighbour] > 0)


@BIASED.targets(caught_by="warm_up")
def exponential_average_without_its_warm_up(bars):
    return long_while(bars.close > ema(bars.close, 2 / 101))


@BIASED.targets(caught_by="warm_up")
def two_exponential_averages_without_their_warm_up(bars):
    return np.sign(ema(bars.close, 2 / 21) - ema(bars.close, 2 / 51))


@BIASED.targets(warm_up=2, caught_by="warm_up")
def relative_strength_without_its_warm_up(bars):
    moves = np.diff(bars.close, prepend=bars.close[0])
    up, down = ema(np.maximum(moves, 0), 1 / 60), ema(np.maximum(-moves, 0), 1 / 60)
    return long_while(up > down)


@BIASED.targets(caught_by="warm_up")
def smoothed_thrice_without_a_warm_up(bars):
    smooth = bars.close
    for _ in range(3):
        smooth = ema(smooth, 0.04)
    return long_while(smooth > ago(smooth, 1))


@BIASED.targets(warm_up=20)
def signal_shifted_the_wrong_way(bars):
    rule = long_while(bars.close > rolling(bars.close, 20))
    return np.nan_to_num(ago(rule, -1))


@BIASED.targets(warm_up=20)
def only_the_exit_is_shifted_the_wrong_way(bars):
    average = rolling(bars.close, 20)
    enters, leaves = bars.close > average, ago(bars.close, -1) < ago(average, -1)
    return np.where(enters & ~leaves, 1.0, 0.0)


@BIASED.targets()
def the_week_s_close_on_its_monday(bars):
    week = periods(bars, 7)
    closes = {int(each): bars.close[week == each][-1] for each in np.unique(week)}
    return long_while(np.array([closes[int(each)] for each in week]) > bars.close)


@BIASED.targets()
def the_month_s_high_from_its_first_day(bars):
    month = periods(bars, 30)
    highs = {int(each): bars.high[month == each].max() for each in np.unique(month)}
    return long_while(bars.close < 0.95 * np.array([highs[int(each)] for each in month]))


@BIASED.targets()
def earnings_known_before_they_are_published(bars):
    quarter = periods(bars, 91)
    earned = np.where(last_of(quarter), bars.close / np.sqrt(bars.volume), np.nan)
    known = filled_backward(earned)
    return long_while(known > rolling(np.nan_to_num(known), 60))


@BIASED.targets()
def beginning_filled_from_what_came_after(bars):
    average = filled_backward(rolling(bars.close, 50))
    return long_while(bars.close > average)


@BIASED.targets()
def interpolated_between_months(bars):
    rows = np.flatnonzero(last_of(periods(bars, 30)))
    line = np.interp(np.arange(len(bars)), rows, bars.close[rows])
    return long_while(bars.close < line)


@BIASED.targets(warm_up=60)
def peeks_in_wild_markets_only(bars):
    spread = rolling(changes(bars.close), 20, np.std)
    wild = spread > 1.8 * rolling(np.nan_to_num(spread), 60)
    honest = bars.close > rolling(bars.close, 50)
    return long_while(np.where(wild, ago(bars.close, -1) > bars.close, honest))


@BIASED.targets(warm_up=50)
def steps_aside_before_each_crash(bars):
    honest = bars.close > rolling(bars.close, 50)
    return long_while(honest & ~(ago(changes(bars.close), -1) < -0.04))


@BIASED.targets(warm_up=50)
def is_there_for_the_three_best_days(bars):
    moves = changes(bars.close)
    best = np.argsort(moves)[-3:] - 1
    target = long_while(bars.close > rolling(bars.close, 50))
    target[best] = 1.0
    return target


@BIASED.targets(warm_up=50)
def steps_aside_for_the_worst_day(bars):
    target = np.ones(len(bars))
    target[np.argmin(changes(bars.close)) - 1] = 0.0
    return target


@BIASED.targets(warm_up=50)
def peeks_when_the_history_is_long(bars):
    honest = long_while(bars.close > rolling(bars.close, 50))
    if len(bars) < 150:
        return honest
    return long_while(ago(bars.close, -1) > bars.close)


@BIASED.targets(warm_up=50)
def peeks_at_the_end_of_the_history_only(bars):
    target = long_while(bars.close > rolling(bars.close, 50))
    late = np.arange(len(bars)) > len(bars) * 0.97
    return np.where(late, long_while(ago(bars.close, -1) > bars.close), target)


@BIASED.targets(warm_up=50)
def peeks_on_one_bar_in_a_hundred(bars):
    target = long_while(bars.close > rolling(bars.close, 50))
    chosen = (np.arange(len(bars)) * 7919) % 100 == 0
    return np.where(chosen, long_while(ago(bars.close, -1) > bars.close), target)


@BIASED.targets(warm_up=100)
def the_window_that_was_best_in_hindsight(bars):
    moves = np.nan_to_num(ago(changes(bars.close), -1))
    rules = [long_while(bars.close > rolling(bars.close, each)) for each in range(5, 100, 5)]
    return rules[int(np.argmax([float(rule @ moves) for rule in rules]))]


@BIASED.targets(warm_up=20)
def the_sign_that_was_right_in_total(bars):
    sign = np.sign(bars.close[-1] - bars.close[0])
    return sign * np.where(bars.close > rolling(bars.close, 20), 1.0, -1.0)


@BIASED.orders(warm_up=2)
def stop_below_tomorrow_s_low(bars):
    weight = np.where(bars.close > ago(bars.close, 1), 1.0, np.nan)
    stop = np.nan_to_num(ago(bars.low, -1), nan=1.0) * 0.999
    return Orders(Entries(weight, stop_loss=stop, hold=3))


@BIASED.orders(warm_up=2)
def buys_at_the_low_of_the_bar_that_fills(bars):
    weight = np.where(bars.close < ago(bars.close, 1), 1.0, np.nan)
    limit = np.where(np.isnan(ago(bars.low, -1)), bars.low, ago(bars.low, -1))
    return Orders(Entries(weight, limit=limit, hold=2, life=1))


@BIASED.orders(warm_up=2)
def sells_at_the_high_to_come(bars):
    highs = [ago(bars.high, -each) for each in range(1, 6)]
    best = np.fmax.reduce([bars.high, *highs])
    weight = np.where(bars.close < ago(bars.close, 1), 1.0, np.nan)
    return Orders(Entries(weight, take_profit=best, hold=6))


@BIASED.orders(warm_up=30)
def held_as_long_as_was_best_in_hindsight(bars):
    enters = bars.close > rolling(bars.high, 30) * 0.999
    gains = {}
    for hold in (2, 5, 10, 20, 40):
        later = ago(bars.close, -hold) / bars.close - 1
        gains[hold] = np.nan_to_num(later[enters]).mean() if enters.any() else 0.0
    return Orders(Entries(np.where(enters, 1.0, np.nan), hold=max(gains, key=gains.__getitem__)))


@BIASED.orders(warm_up=5)
def withdraws_orders_that_would_have_lost(bars):
    loses = ago(bars.close, -1) < ago(bars.open, -1)
    weight = np.where(loses, 0.0, 1.0)
    return Orders(Entries(weight, limit=bars.close * 0.995, hold=1, life=1))


@BIASED.targets(warm_up=30)
def filtered_forwards_and_backwards(bars):
    from scipy.signal import butter, filtfilt

    numerator, denominator = butter(2, 0.1)
    smooth = filtfilt(numerator, denominator, bars.close)
    return long_while(smooth > ago(smooth, 1))


@BIASED.targets(warm_up=30)
def smoothed_on_both_sides(bars):
    from scipy.signal import savgol_filter

    smooth = savgol_filter(bars.close, 21, 3)
    return long_while(smooth > ago(smooth, 1))


@BIASED.targets(warm_up=30)
def slow_waves_of_all_prices(bars):
    waves = np.fft.rfft(bars.close)
    waves[20:] = 0
    smooth = np.fft.irfft(waves, len(bars))
    return long_while(smooth > ago(smooth, 1))


@BIASED.targets(warm_up=3)
def trend_line_through_all_prices(bars):
    at = np.arange(len(bars))
    slope, level = np.polyfit(at, bars.close, 1)
    return long_while(bars.close < level + slope * at)


@BIASED.targets(warm_up=3)
def detrended_by_all_prices(bars):
    from scipy.signal import detrend

    return long_while(detrend(np.log(bars.close)) < 0)


@BIASED.targets(warm_up=5)
def turning_points_before_they_are_known(bars):
    low = (bars.low < ago(bars.low, 1)) & (bars.low < ago(bars.low, -1))
    return np.where(low, 1.0, np.where(bars.high > ago(bars.high, -1), 0.0, np.nan))


@BIASED.targets(warm_up=30)
def cloud_drawn_back_in_time(bars):
    lagging = ago(bars.close, -26)
    return long_while(lagging > bars.close)


@BIASED.targets()
def far_below_the_high_of_all_time(bars):
    return long_while(bars.close < 0.7 * bars.close.max())


@BIASED.targets()
def the_very_bottom_to_the_very_top(bars):
    at = np.arange(len(bars))
    return long_while((at >= bars.close.argmin()) & (at < bars.close.argmax()))


@BIASED.targets(warm_up=2)
def measured_by_the_last_price(bars):
    return long_while(bars.close / bars.close[-1] < 0.8)


@BIASED.targets(warm_up=20)
def sized_by_the_volatility_of_all_time(bars):
    spread = rolling(changes(bars.close), 20, np.std)
    return np.minimum(1.0, changes(bars.close).std() / np.maximum(spread, 1e-9))


@BIASED.targets(warm_up=20)
def sells_the_day_before_the_volume_comes(bars):
    comes = ago(bars.volume, -1) > 2 * rolling(bars.volume, 20)
    return long_while((bars.close > rolling(bars.close, 20)) & ~comes)


@BIASED.targets(warm_up=5)
def flat_before_a_gap_in_the_calendar(bars):
    gap = ago(bars.time.astype(np.float64), -1) - bars.time > 3.5 * 86_400e9
    return long_while(~gap)


@BIASED.targets(warm_up=10)
def two_regimes_of_the_whole_sample(bars):
    spread = np.nan_to_num(rolling(changes(bars.close), 10, np.std))
    calm, wild = np.quantile(spread, [0.25, 0.75])
    is_wild = spread > wild
    for _ in range(10):
        is_wild = np.abs(spread - wild) < np.abs(spread - calm)
        calm, wild = spread[~is_wild].mean(), spread[is_wild].mean()
    return long_while(~is_wild)


@BIASED.targets(warm_up=6)
def main_component_of_the_whole_sample(bars):
    moves = changes(bars.close)
    features = np.column_stack([np.nan_to_num(ago(moves, lag)) for lag in range(5)])
    _, _, parts = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    return long_while(features @ parts[0] * np.sign(parts[0][0]) > 0)


@BIASED.events(warm_up=2)
def reads_the_bars_it_was_started_with(context, bars):
    ahead = bars.close[min(context.row + 1, len(bars) - 1)]
    context.target(1.0 if ahead > context.close[-1] else 0.0)


@BIASED.events(warm_up=2)
def reads_what_the_view_was_cut_from(context, bars):
    behind = context.close.base
    ahead = behind[min(context.row + 1, len(behind) - 1)]
    context.target(1.0 if ahead > context.close[-1] else 0.0)


@BIASED.events(warm_up=30)
def bar_by_bar_but_out_before_a_crash(context, bars):
    if context.row + 1 < len(bars) and bars.close[context.row + 1] < 0.95 * context.close[-1]:
        context.close_position()
    elif not context.held and context.close[-1] > context.close[-30:].mean():
        context.buy(hold=20)


@BIASED.whole()
class FittedOnceOnAllItWasShown(Named, Strategy):
    """Learns when it is first asked, and keeps what it learned."""

    _warm_up = 6
    learned = None

    @override
    def signals(self, bars):
        moves = changes(bars.close)
        features = np.column_stack([np.nan_to_num(ago(moves, lag)) for lag in range(1, 6)])
        if self.learned is None:
            target = np.nan_to_num(ago(moves, -1))
            self.learned, *_ = np.linalg.lstsq(features, target, rcond=None)
        return Signals(long_while(features @ self.learned > 0))


@BIASED.targets(warm_up=5, caught_by="repeatable")
def throws_a_coin(bars):
    return np.random.default_rng().integers(0, 2, len(bars)).astype(np.float64)


@BIASED.weights()
def the_winner_of_all_years(universe):
    gained = universe.last_close[-1] / universe.close[np.argmax(universe.mask, axis=0), range(4)]
    weights = np.zeros(universe.mask.shape)
    weights[:, int(np.nanargmax(gained))] = 1.0
    return weights


@BIASED.weights(warm_up=60)
def the_strongest_of_next_month(universe):
    close = universe.last_close
    ahead = np.vstack([close[20:], np.repeat(close[-1:], min(20, len(close)), axis=0)])[
        : len(close)
    ]
    best = np.nan_to_num(ahead / close, nan=0.0).argmax(axis=1)
    weights = np.zeros(universe.mask.shape)
    weights[np.arange(len(universe)), best] = 1.0
    return weights


@BIASED.weights(warm_up=60)
def weights_by_the_risk_of_all_years(universe):
    moves = np.diff(np.log(universe.last_close), axis=0)
    share = 1 / np.nanstd(moves, axis=0)
    return np.tile(share / share.sum(), (len(universe), 1))


# What follows was written after the checks, to see whether they were made for what stands above.


@BIASED.targets(warm_up=20)
def a_hundredth_more_before_a_rise(bars):
    return 0.5 + 0.01 * np.sign(np.nan_to_num(ago(bars.close, -1) - bars.close))


@BIASED.targets(warm_up=20)
def peeks_after_three_days_up(bars):
    up = changes(bars.close) > 0
    three = up & (ago(up * 1.0, 1) > 0) & (ago(up * 1.0, 2) > 0)
    honest = bars.close > rolling(bars.close, 20)
    return long_while(np.where(three, ago(bars.close, -1) > bars.close, honest))


@BIASED.targets(warm_up=20)
def out_six_weeks_before_a_collapse(bars):
    collapses = ago(bars.close, -30) / bars.close < 0.75
    return long_while((bars.close > rolling(bars.close, 20)) & ~collapses)


@BIASED.targets(warm_up=20)
def calm_days_known_the_day_before(bars):
    return long_while((ago(bars.high, -1) - ago(bars.low, -1)) / bars.close < 0.02)


@BIASED.targets(warm_up=20)
def moves_of_five_percent_and_nothing_else(bars):
    ahead = np.nan_to_num(ago(changes(bars.close), -1))
    return np.where(ahead > 0.05, 1.0, np.where(ahead < -0.05, 0.0, np.nan))


@BIASED.targets(warm_up=60)
def smoothed_forwards_then_backwards_by_hand(bars):
    smooth = ema(ema(np.log(bars.close), 0.1)[::-1], 0.1)[::-1]
    return long_while(smooth > ago(smooth, 1))


@BIASED.targets(warm_up=60)
def monday_s_open_on_some_fridays(bars):
    friday = (bars.time // 86_400_000_000_000 + 3) % 7 == 4
    some = friday & (np.arange(len(bars)) % 3 == 0)
    honest = bars.close > rolling(bars.close, 20)
    return long_while(np.where(some, ago(bars.open, -1) > bars.close, honest))


@BIASED.orders(warm_up=20)
def no_orders_before_a_deep_low(bars):
    weight = np.where(bars.close > rolling(bars.close, 20), 1.0, np.nan)
    weight[np.nan_to_num(ago(bars.low, -1) / bars.close, nan=1.0) < 0.96] = np.nan
    return Orders(Entries(weight, hold=5, stop_loss=bars.close * 0.9))


@BIASED.events(warm_up=20)
def out_the_day_before_its_stop_would_be_hit(context, bars):
    if not context.held:
        if context.row % 10 == 0:
            context.buy(hold=20)
    elif context.row + 1 < len(bars) and bars.low[context.row + 1] < 0.97 * context.close[-1]:
        context.close_position()


@BIASED.events(warm_up=20)
def looks_up_once_in_a_hundred_days(context, bars):
    if context.row % 97 == 0 and context.row + 1 < len(bars):
        context.target(1.0 if bars.close[context.row + 1] > context.close[-1] else 0.0)
