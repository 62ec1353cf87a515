(* Mirror descent: the distances telescope against steps that never grow, and the rest are three sums. *)

From Coq Require Import Reals Lra Lia Psatz.
From Lemmas Require Import prelude statements library.

Open Scope R_scope.

Lemma root_grows n : / sqrt (1 + INR n) <= 2 * (sqrt (1 + INR n) - sqrt (INR n)) /\ sqrt (INR n) <= sqrt (1 + INR n).
Proof.
  pose proof (pos_INR n) as H. assert (Hq : 0 < sqrt (1 + INR n)) by (apply sqrt_lt_R0; lra).
  assert (Hqq := sqrt_sqrt (1 + INR n) ltac:(lra)). assert (Hpp := sqrt_sqrt (INR n) H).
  split; [| apply sqrt_le_1; lra].
  apply (Rmult_le_reg_l (sqrt (1 + INR n))); auto. rewrite Rinv_r by lra.
  remember (sqrt (1 + INR n)) as q. remember (sqrt (INR n)) as p. clear Heqq Heqp.
  assert (0 <= (q - p) ^ 2) by apply pow2_ge_0. nra.
Qed.

Lemma harmonic n : (1 <= n)%nat -> total n (fun t => / (1 + INR t)) <= 1 + ln (INR n).
Proof.
  induction n as [| [| n] IH]; intros H; [lia | simpl; rewrite ln_1; lra |].
  change (total (S (S n)) (fun t => / (1 + INR t)))
    with (total (S n) (fun t => / (1 + INR t)) + / (1 + INR (S n))).
  specialize (IH ltac:(lia)). rewrite (S_INR (S n)). pose proof (pos_INR n) as Hn. rewrite S_INR in *.
  assert (T := ln_tangent ((INR n + 1) / (INR n + 1 + 1)) ltac:(apply Rdiv_lt_0_compat; lra)).
  rewrite ln_over in T by lra.
  replace ((INR n + 1) / (INR n + 1 + 1) - 1) with (- / (1 + (INR n + 1))) in T by (field; lra).
  lra.
Qed.

Section Run.
Context (gap D : nat -> R) (A B C E R2 : R).
Hypotheses (HA : 0 <= A) (HB : 0 <= B) (near : forall t, D t <= R2)
  (step : forall t, gap t <= A * sqrt (1 + INR t) * (D t - D (S t)) + B * / sqrt (1 + INR t)
    + C * / sqrt (1 + INR t) ^ 5 + E * / (1 + INR t)).

Lemma summed n : total n gap + A * sqrt (INR n) * D n <=
  A * sqrt (INR n) * R2 + 2 * B * sqrt (INR n)
  + C * total n (fun t => / sqrt (1 + INR t) ^ 5) + E * total n (fun t => / (1 + INR t)).
Proof.
  induction n as [| n IH]; [simpl; rewrite sqrt_0; lra |].
  change (total (S n) ?a) with (total n a + a n).
  specialize (step n). specialize (near n). destruct (root_grows n) as [grows monotone].
  rewrite S_INR, (Rplus_comm (INR n) 1).
  remember (sqrt (1 + INR n)) as q. remember (sqrt (INR n)) as p. clear Heqq Heqp.
  assert (0 <= A * (q - p) * (R2 - D n)) by (repeat apply Rmult_le_pos; lra).
  assert (B * / q <= B * (2 * (q - p))) by (apply Rmult_le_compat_l; lra).
  cbv beta. lra.
Qed.

End Run.

Theorem telescoping : statements.telescoping.
Proof.
  intros zeta d X g gap x_star k G L1 M R alpha s w Hd HR HG Hs HM HL1 Halpha Hw Hk series step.
  assert (Hc := sqrt_lt_R0 s Hs). assert (Hcc := sqrt_sqrt s (Rlt_le _ _ Hs)).
  refine (conj _ (conj Hk (conj _ (conj _ _)))); try lra.
  remember (sqrt s) as c. clear Heqc.
  assert (1 <= k)%nat by (destruct k; [simpl in Hk; lra | lia]).
  set (D := fun t => inner d (vplus (vscale (-1) x_star) (X t)) (vplus (vscale (-1) x_star) (X t))).
  assert (S := summed gap D (G * c / (alpha * R)) (alpha * R * G * c / 2)
    (alpha * R * G * c * w ^ 2 / 8) (R * G * c * w / 2) (R ^ 2)).
  specialize (S ltac:(apply Rlt_le, Rdiv_lt_0_compat; repeat apply Rmult_lt_0_compat; lra)).
  specialize (S ltac:(apply Rlt_le; repeat apply Rmult_lt_0_compat; lra)).
  specialize (S ltac:(intros t; destruct (step t) as (_ & near & _); exact near)).
  refine ((fun T => _) (S _ k)).
  - assert (Hpp := sqrt_sqrt (INR k) (Rlt_le _ _ Hk)). assert (Hp := sqrt_lt_R0 _ Hk).
    assert (Z := proj2 (series k)). assert (N := harmonic k ltac:(lia)).
    assert (D0 : 0 <= D k) by apply inner_nonnegative.
    remember (sqrt (INR k)) as p. clear Heqp.
    assert (0 <= G * c / (alpha * R) * p * D k).
    { repeat apply Rmult_le_pos; try lra. apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; lra. }
    assert (alpha * R * G * c * w ^ 2 / 8 * total k (fun t => / sqrt (1 + INR t) ^ 5) <=
      alpha * R * G * c * w ^ 2 / 8 * zeta (5 / 2)).
    { apply Rmult_le_compat_l; auto. repeat apply Rmult_le_pos; lra || nra. }
    assert (R * G * c * w / 2 * total k (fun t => / (1 + INR t)) <= R * G * c * w / 2 * (1 + ln (INR k))).
    { apply Rmult_le_compat_l; auto. repeat apply Rmult_le_pos; lra. }
    apply (Rmult_le_reg_l (INR k)); auto. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
    change (total k (fun v1 => gap v1)) with (total k gap).
    match goal with |- _ <= ?b => replace b with
      (G * c / (alpha * R) * p * R ^ 2 + 2 * (alpha * R * G * c / 2) * p
       + alpha * R * G * c * w ^ 2 / 8 * zeta (5 / 2) + R * G * c * w / 2 * (1 + ln (INR k))) end.
    + lra.
    + rewrite <- Hpp. field. lra.
  - intros t. destruct (step t) as ((Ht & _ & _ & moved) & _ & [_ size] & [_ [_ off]]).
    change (1%nat + t)%nat with (Datatypes.S t) in moved.
    assert (Hq := sqrt_lt_R0 _ Ht). assert (Hqq := sqrt_sqrt _ (Rlt_le _ _ Ht)).
    remember (sqrt (1 + INR t)) as q. clear Heqq.
    remember (-1 / 2 * / q * / G * / c * R * alpha) as m eqn:Em.
    unfold D. remember (vplus (vscale (-1) x_star) (X (Datatypes.S t))) as after.
    replace (inner d (vplus (vplus (vscale (-1) x_star) (vscale m (g t))) (X t))
      (vplus (vplus (vscale (-1) x_star) (vscale m (g t))) (X t)))
      with (inner d (vplus (vscale (-1) x_star) (X t)) (vplus (vscale (-1) x_star) (X t))
        + 2 * m * inner d (vplus (vscale (-1) x_star) (X t)) (g t) + m ^ 2 * inner d (g t) (g t)) in moved.
    + remember (inner d (vplus (vscale (-1) x_star) (X t)) (g t)) as slope.
      remember (inner d after after) as D'.
      remember (inner d (vplus (vscale (-1) x_star) (X t)) (vplus (vscale (-1) x_star) (X t))) as D0.
      assert (m < 0) by (rewrite Em; enough (0 < / q * / G * / c * R * alpha) by lra;
        repeat apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat).
      assert (slope <= (D0 - D') / (-2 * m) - m / 2 * inner d (g t) (g t)).
      { apply (Rmult_le_reg_l (-2 * m)); [lra |]. field_simplify; lra. }
      assert (- m / 2 * inner d (g t) (g t) <= - m / 2 * (2 * G ^ 2 * s + 1 / 2 * / (1 + INR t) ^ 2 * G ^ 2 * w ^ 2 * s))
        by (apply Rmult_le_compat_l; lra).
      match goal with |- _ <= ?b => replace b with
        ((D0 - D') / (-2 * m) + - m / 2 * (2 * G ^ 2 * s + 1 / 2 * / (1 + INR t) ^ 2 * G ^ 2 * w ^ 2 * s)
         + R * G * c * w / 2 * / (1 + INR t)) end.
      * lra.
      * rewrite Em, <- Hqq, <- Hcc. field. lra.
    + expand. rewrite (inner_symmetric d (X t) x_star), (inner_symmetric d (g t) x_star), (inner_symmetric d (X t) (g t)).
      ring.
Qed.
