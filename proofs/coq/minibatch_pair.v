(* Mini-batches, along one line: what a step on one sample loses to the noise. *)

From Coq Require Import Reals Lra Lia Psatz.
From Lemmas Require Import prelude statements library.

Open Scope R_scope.

Section Line.
Context {S : Type} (P : law S).

(* D_+ = a + rp and D_- = -a + rm are the changes of a sample ahead and behind; p and q how often they are < 0. *)

Lemma ahead (a rp rm : S -> R) p q mu e ahead behind rho :
  has P (fun X => if Rlt_dec (a X + rp X) 0 then 1 else 0) p ->
  has P (fun X => if Rlt_dec (- a X + rm X) 0 then 1 else 0) q ->
  has P a mu -> has P (fun X => Rabs (a X - mu)) e ->
  has P (fun X => a X + rp X) ahead -> has P (fun X => - a X + rm X) behind ->
  (forall X, - rho <= rp X <= rho /\ - rho <= rm X <= rho) -> 0 <= rho -> 0 <= mu ->
  p * ahead + q * behind <= e - mu + 3 / 2 * rho.
Proof.
  intros Hp Hq Ha He Hahead Hbehind Hr Hrho Hmu.
  assert (p01 : 0 <= p <= 1).
  { split; [apply (has_below P _ _ _ _ (has_constant P 0) Hp) | apply (has_below P _ _ _ _ Hp (has_constant P 1))];
      intros X; destruct Rlt_dec; lra. }
  assert (q01 : 0 <= q <= 1).
  { split; [apply (has_below P _ _ _ _ (has_constant P 0) Hq) | apply (has_below P _ _ _ _ Hq (has_constant P 1))];
      intros X; destruct Rlt_dec; lra. }
  assert (H := has_below P _ _ _ _
    (has_plus P _ _ _ _ (has_scale P mu _ _ Hp) (has_plus P _ _ _ _ (has_scale P (- mu) _ _ Hq)
      (has_plus P _ _ _ _ (has_scale P (-1) _ _ He) (has_plus P _ _ _ _ (has_scale P (1 - p + q) _ _ Ha)
        (has_plus P _ _ _ _ (has_scale P p _ _ Hahead) (has_scale P q _ _ Hbehind))))))
    (has_plus P _ _ _ _ (has_scale P (rho * (1 - 2 * p)) _ _ Hp)
      (has_plus P _ _ _ _ (has_scale P (- rho) _ _ Hq) (has_constant P (rho * (1 + p + q)))))).
  simpl in H.
  assert (0 <= rho * (1 - 2 * p) ^ 2) by (apply Rmult_le_pos; [auto | apply pow2_ge_0]).
  enough (mu * p + (- mu * q + (-1 * e + ((1 - p + q) * mu + (p * ahead + q * behind)))) <=
    rho * (1 - 2 * p) * p + (- rho * q + rho * (1 + p + q))) by lra.
  apply H. intros X. destruct (Hr X) as [[p1 p2] [m1 m2]].
  assert (0 <= p * (rho - rp X)) by nra. assert (0 <= (1 - p) * (rho + rp X)) by nra.
  assert (0 <= q * (rho - rm X)) by nra.
  unfold Rabs. destruct Rcase_abs, (Rlt_dec (a X + rp X) 0), (Rlt_dec (- a X + rm X) 0); lra.
Qed.

Lemma either_way (a rp rm : S -> R) p q mu e ahead_ behind rho :
  has P (fun X => if Rlt_dec (a X + rp X) 0 then 1 else 0) p ->
  has P (fun X => if Rlt_dec (- a X + rm X) 0 then 1 else 0) q ->
  has P a mu -> has P (fun X => Rabs (a X - mu)) e ->
  has P (fun X => a X + rp X) ahead_ -> has P (fun X => - a X + rm X) behind ->
  (forall X, - rho <= rp X <= rho /\ - rho <= rm X <= rho) -> 0 <= rho ->
  p * ahead_ + q * behind <= e - Rabs mu + 3 / 2 * rho.
Proof.
  intros Hp Hq Ha He Hahead Hbehind Hr Hrho. destruct (Rle_dec 0 mu) as [H | H].
  - rewrite Rabs_right by lra. eapply ahead; eauto.
  - rewrite Rabs_left by lra. rewrite (Rplus_comm (p * _)).
    apply (ahead (fun X => - a X) rm rp); auto; try lra.
    + apply (has_same P (fun X => if Rlt_dec (a X + rp X) 0 then 1 else 0)); auto. intros X.
      destruct Rlt_dec, Rlt_dec; lra.
    + apply (has_same P (fun X => -1 * a X)); [intros; ring |].
      replace (- mu) with (-1 * mu) by ring. apply has_scale; auto.
    + apply (has_same P (fun X => Rabs (a X - mu))); auto. intros X. rewrite <- Rabs_Ropp. f_equal. ring.
    + apply (has_same P (fun X => a X + rp X)); auto. intros; ring.
    + intros X. destruct (Hr X). auto.
Qed.

End Line.

Theorem minibatch_pair : statements.minibatch_pair.
Proof.
  intros Sample d F f P u x L alpha gF g Hd smooth averages [Igrad Egrad] Ha Hu left_p acc_p left_m acc_m Inoise.
  refine (conj left_p (conj left_m (conj Inoise _))).
  pose proof (from_dimension d Hd) as HD. pose proof (sqrt_lt_R0 _ HD) as Hr.
  pose proof (sqrt_sqrt (INR d) (Rlt_le _ _ HD)) as Hrr.
  remember (sqrt (INR d)) as r eqn:Er. clear Er.
  replace (-1 * / r * alpha) with (- (alpha / r)) in * by (field; lra).
  replace (/ r * alpha) with (alpha / r) in * by (field; lra).
  remember (alpha / r) as k eqn:Ek. assert (Hk : 0 < k) by (rewrite Ek; apply Rdiv_lt_0_compat; auto).
  assert (Hkk : k ^ 2 * INR d = alpha ^ 2) by (rewrite Ek, <- Hrr; field; lra).
  remember (vplus (vscale k u) x) as y eqn:Ey. remember (vplus (vscale (- k) u) x) as z eqn:Ez.
  set (a := fun X => k * inner d (gF x X) u).
  set (rho := L * alpha ^ 2 / 2).
  assert (ahead_at : forall X, - rho <= F y X - F x X - a X <= rho).
  { intros X. destruct (smooth X x y) as [low up]. rewrite Ey in low, up |- *. expand_in low. expand_in up.
    rewrite (inner_symmetric d x u), (inner_symmetric d u (gF x X)), Hu in low, up. unfold a, rho.
    rewrite <- Hkk. split; lra. }
  assert (behind_at : forall X, - rho <= F z X - F x X + a X <= rho).
  { intros X. destruct (smooth X x z) as [low up]. rewrite Ez in low, up |- *. expand_in low. expand_in up.
    rewrite (inner_symmetric d x u), (inner_symmetric d u (gF x X)), Hu in low, up. unfold a, rho.
    rewrite <- Hkk. split; lra. }
  assert (Hmean : has P a (k * inner d (g x) u)).
  { apply has_scale. unfold inner. apply has_total. intros i Hi.
    apply (has_same P (fun X => u i * gF x X i)); [intros; ring |].
    rewrite Rmult_comm. apply has_scale. split; auto. }
  assert (means : forall v, has P (fun X => F v X - F x X) (f v - f x)).
  { intros v. destruct (averages v) as [Iv Ev]. destruct (averages x) as [Ix Ex].
    apply has_minus; split; auto. }
  assert (kept : forall v, integrable P (fun X => f (if Rlt_dec (F v X) (F x X) then v else x)) ->
    integrable P (fun X => if Rlt_dec (F v X) (F x X) then 1 else 0) ->
    mean P (fun X => f (if Rlt_dec (F v X) (F x X) then v else x)) =
    f x + mean P (fun X => if Rlt_dec (F v X) (F x X) then 1 else 0) * (f v - f x)).
  { intros v I1 I2.
    assert (H := has_linear P (f v - f x) _ _ _ _ (conj I2 eq_refl) (has_constant P (f x))).
    apply (has_same P _ (fun X => f (if Rlt_dec (F v X) (F x X) then v else x))) in H.
    - rewrite (proj2 H). ring.
    - intros X. simpl. destruct Rlt_dec; ring. }
  rewrite (kept y), (kept z) by auto.
  assert (noise : forall X, Rabs (a X - k * inner d (g x) u) =
    alpha * Rabs (inner d (vscale (/ r) u) (vplus (vscale (-1) (g x)) (gF x X)))).
  { intros X. rewrite <- (Rabs_pos_eq alpha) at 1 by lra. rewrite <- Rabs_mult. f_equal. expand. unfold a.
    rewrite (inner_symmetric d u (gF x X)), (inner_symmetric d u (g x)), Ek. field. lra. }
  assert (slope : alpha * Rabs (inner d (vscale (/ r) u) (g x)) = Rabs (k * inner d (g x) u)).
  { rewrite <- (Rabs_pos_eq alpha) at 1 by lra. rewrite <- Rabs_mult. f_equal. expand.
    rewrite (inner_symmetric d u (g x)), Ek. field. lra. }
  assert (sample_exists : 0 <= rho).
  { apply (has_below P (fun _ => 0) (fun _ => rho)); [apply has_constant | apply has_constant |].
    intros X. destruct (ahead_at X). lra. }
  assert (H := either_way P a (fun X => F y X - F x X - a X) (fun X => F z X - F x X + a X)
    (mean P (fun X => if Rlt_dec (F y X) (F x X) then 1 else 0))
    (mean P (fun X => if Rlt_dec (F z X) (F x X) then 1 else 0))
    (k * inner d (g x) u) _ (f y - f x) (f z - f x) rho
    ltac:(apply (has_same P (fun X => if Rlt_dec (F y X) (F x X) then 1 else 0));
      [intros X; destruct Rlt_dec, Rlt_dec; lra | split; auto])
    ltac:(apply (has_same P (fun X => if Rlt_dec (F z X) (F x X) then 1 else 0));
      [intros X; destruct Rlt_dec, Rlt_dec; lra | split; auto])
    Hmean
    (has_same P _ _ _ (fun X => eq_sym (noise X)) (has_scale P alpha _ _ (conj Inoise eq_refl)))
    ltac:(apply (has_same P (fun X => F y X - F x X)); [intros; ring | apply means])
    ltac:(apply (has_same P (fun X => F z X - F x X)); [intros; ring | apply means])
    (fun X => conj (ahead_at X) (behind_at X)) sample_exists).
  rewrite <- slope in H. unfold rho in H. simpl in H. lra.
Qed.
