(* The potential of the 1/5 rule falls by 1 where the rule pulls the radius back by itself. *)

From Coq Require Import Reals Lra Lia Psatz.
From Lemmas Require Import prelude statements library tails.

Open Scope R_scope.

Definition low := 1 + - 5 / 2 * erfc (3 / 5 * sqrt 2).
Definition high := -1 + 5 / 2 * erfc (1 / 4 * sqrt 2).

Lemma low_positive : 0 < low.
Proof. unfold low. pose proof rare_tail. lra. Qed.

Lemma high_positive : 0 < high.
Proof. unfold high. pose proof often_tail. lra. Qed.

(* The potential by the logarithms of length, growth, and gap over eps. *)

Definition height fold l size z := / l * Rmax (/ high * (-4 * size + 4 * l)) (/ low * (-4 * l + 4 * size)) + fold * z.

Section Heights.
Context (fold l size x z : R).
Hypotheses (Hl : 0 < l) (Hx : 0 <= x) (Hfold : 2 * / low * / l <= fold).

Let a := / low.
Let b := / high.
Let i := / l.

Lemma units : 0 < a /\ 0 < b /\ 0 < i /\ i * l = 1 /\ 0 <= (fold - 2 * a * i) * x.
Proof.
  assert (0 < a) by (apply Rinv_0_lt_compat, low_positive).
  assert (0 < b) by (apply Rinv_0_lt_compat, high_positive).
  assert (0 < i) by (apply Rinv_0_lt_compat; auto).
  repeat split; auto; [apply Rinv_l; lra | apply Rmult_le_pos; auto; unfold a, i; lra].
Qed.

Lemma above s : l <= s -> height fold l s z = i * (a * (-4 * l + 4 * s)) + fold * z.
Proof.
  intros H. destruct units as (A & B & _). unfold height. rewrite Rmax_right; [reflexivity |].
  apply (Rle_trans _ 0).
  - assert (0 <= b * (4 * s - 4 * l)) by (apply Rmult_le_pos; lra). unfold b in *. lra.
  - apply Rmult_le_pos; [apply Rlt_le, A | lra].
Qed.

Lemma below s : s <= l -> height fold l s z = i * (b * (-4 * s + 4 * l)) + fold * z.
Proof.
  intros H. destruct units as (A & B & _). unfold height. rewrite Rmax_left; [reflexivity |].
  apply (Rle_trans _ 0).
  - assert (0 <= a * (4 * l - 4 * s)) by (apply Rmult_le_pos; lra). unfold a in *. lra.
  - apply Rmult_le_pos; [apply Rlt_le, B | lra].
Qed.

End Heights.

Section Moves.
Context (fold l size x z : R).
Hypotheses (Hl : 0 < l) (Hx : 0 <= x) (Hfold : 2 * / low * / l <= fold).

Lemma accepted_far : 5 / 4 * l <= size -> height fold l (size + l + x / 2) (z - x) <= height fold l size z + 4 * / low.
Proof.
  intros H. destruct (units fold l x Hl Hx Hfold) as (A & B & I & E & F).
  rewrite (above fold l x), (above fold l x) by (auto; lra).
  assert (/ l * l * / low = / low) by (rewrite E; ring). lra.
Qed.

Lemma rejected_far : 5 / 4 * l <= size -> height fold l (size - l / 4) z <= height fold l size z - / low.
Proof.
  intros H. destruct (units fold l x Hl Hx Hfold) as (A & B & I & E & F).
  rewrite (above fold l x), (above fold l x) by (auto; lra).
  assert (/ l * l * / low = / low) by (rewrite E; ring). lra.
Qed.

Lemma accepted_near : size <= 0 -> height fold l (size + l + x / 2) (z - x) <= height fold l size z - 4 * / high.
Proof.
  intros H. destruct (units fold l x Hl Hx Hfold) as (A & B & I & E & F).
  rewrite (below fold l x z Hl Hx Hfold size) by lra.
  assert (/ l * l * / high = / high) by (rewrite E; ring). assert (/ l * l * / low = / low) by (rewrite E; ring).
  assert (0 <= / l * / high * x) by (repeat apply Rmult_le_pos; lra).
  assert (0 <= fold * x).
  { apply Rmult_le_pos; auto. apply Rle_trans with (2 := Hfold). repeat apply Rmult_le_pos; lra. }
  destruct (Rle_dec l (size + l + x / 2)).
  - rewrite (above fold l x) by auto.
    assert (0 <= / l * / low * - size) by (repeat apply Rmult_le_pos; lra).
    assert (0 <= / l * / high * - size) by (repeat apply Rmult_le_pos; lra). lra.
  - rewrite (below fold l x) by (auto; lra). lra.
Qed.

Lemma rejected_near : size <= 0 -> height fold l (size - l / 4) z <= height fold l size z + / high.
Proof.
  intros H. destruct (units fold l x Hl Hx Hfold) as (A & B & I & E & F).
  rewrite (below fold l x), (below fold l x) by (auto; lra).
  assert (/ l * l * / high = / high) by (rewrite E; ring). lra.
Qed.

End Moves.

Lemma ln_length c gap : 0 < c -> 0 < gap -> ln (c / sqrt gap) = ln c - ln gap / 2.
Proof.
  intros Hc Hg. assert (H := sqrt_lt_R0 gap Hg). rewrite ln_over by auto.
  rewrite <- (sqrt_sqrt gap) at 2 by lra. rewrite ln_mult by auto. field.
Qed.

(* What both theorems ask: their statements differ in two hypotheses alone. *)

Ltac begin :=
  intros Sample d left P L alpha eps fold gap growth mu Hd HL Hmu Ha Hgap Heps H1 H2 Hleft
    (Hlow & Hgrowth & Hl & Hfold) ((Hgm & Hlength) & (Isuccess & chance)) [denotes Ilater];
  pose proof (from_dimension d Hd) as HD; pose proof (sqrt_lt_R0 _ HD) as Hr;
  pose proof (sqrt_lt_R0 2 ltac:(lra)) as Htwo; pose proof (sqrt_lt_R0 _ Hgm) as Hroot;
  assert (Hlog : 0 < ln growth) by (rewrite <- ln_1; apply ln_increasing; lra);
  assert (scale : 0 < 1 / 2 * sqrt 2 * sqrt (INR d) * L * alpha) by (repeat apply Rmult_lt_0_compat; lra);
  assert (Hnow : 0 < 1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * L * alpha)
    by (repeat apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat; lra);
  assert (Hz : 0 < / eps * gap) by (apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat);
  pose proof low_positive; pose proof high_positive.

Section Step.
Context {Sample : Type} (P : law Sample) (left later : Sample -> R) (gap p now up down : R).
Hypotheses (Hp : has P (fun X => if Rlt_dec (left X) gap then 1 else 0) p) (I : integrable P later)
  (accepted : forall X, left X < gap -> later X <= now + up)
  (rejected : forall X, ~ left X < gap -> later X <= now + down).

Lemma falls : mean P later <= now + (p * up + (1 - p) * down).
Proof.
  assert (H := has_below P _ _ _ _ (conj I eq_refl : has P later (mean P later))
    (has_plus P _ _ _ _ (has_scale P (up - down) _ _ Hp) (has_constant P (now + down)))).
  enough (mean P later <= (up - down) * p + (now + down)) by lra.
  apply H. intros X. specialize (accepted X). specialize (rejected X). destruct Rlt_dec; lra.
Qed.

End Step.

Section Logarithms.
Context (d : nat) (L alpha mu gap growth eps left : R).
Hypotheses (Hgap : 0 < gap) (Hleft : 0 < left) (Hmu : 0 < mu) (Heps : 0 < eps) (Hgrowth : 0 < growth)
  (scale : 0 < 1 / 2 * sqrt 2 * sqrt (INR d) * L * alpha).

Let size := ln (1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * L * alpha).

Lemma length_of h : 0 < h ->
  ln (1 / 2 * sqrt 2 * / sqrt (h * mu) * sqrt (INR d) * L * alpha) =
  ln (1 / 2 * sqrt 2 * sqrt (INR d) * L * alpha) - (ln h + ln mu) / 2.
Proof.
  intros H. rewrite <- ln_mult by auto. rewrite <- ln_length by (auto using Rmult_lt_0_compat).
  f_equal. unfold Rdiv. ring.
Qed.

Lemma longer : ln (1 / 2 * sqrt 2 * / sqrt (left * mu) * sqrt (INR d) * L * alpha * growth) =
  size + ln growth + (ln gap - ln left) / 2.
Proof.
  assert (0 < sqrt (left * mu)) by (apply sqrt_lt_R0, Rmult_lt_0_compat; auto).
  rewrite ln_mult, length_of by
    (auto; replace (1 / 2 * sqrt 2 * / sqrt (left * mu) * sqrt (INR d) * L * alpha)
       with (/ sqrt (left * mu) * (1 / 2 * sqrt 2 * sqrt (INR d) * L * alpha)) by ring;
     apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat).
  unfold size. rewrite length_of by auto. lra.
Qed.

Lemma shorter : ln (1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * power growth (- 1 / 4) * L * alpha) =
  size - ln growth / 4.
Proof.
  unfold power. destruct Rlt_dec; [| lra].
  replace (1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * Rpower growth (-1 / 4) * L * alpha) with
    (1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * L * alpha * Rpower growth (-1 / 4)) by ring.
  assert (0 < sqrt (gap * mu)) by (apply sqrt_lt_R0, Rmult_lt_0_compat; auto).
  rewrite ln_mult; [unfold Rpower at 1; rewrite ln_exp; unfold size; lra | | unfold Rpower; apply exp_pos].
  replace (1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * L * alpha)
    with (/ sqrt (gap * mu) * (1 / 2 * sqrt 2 * sqrt (INR d) * L * alpha)) by ring.
  apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat.
Qed.

Lemma nearer : ln (/ eps * left) = ln (/ eps * gap) - (ln gap - ln left).
Proof. rewrite !ln_mult by (auto using Rinv_0_lt_compat). ring. Qed.

End Logarithms.

Ltac conclude success later up down :=
  repeat (refine (conj _ _)); auto; try (apply Rgt_not_eq; unfold low, high in *; lra); try lra;
  match goal with |- _ <= -1 + ?first + ?second =>
    eapply Rle_trans; [apply (falls _ _ _ _ _ (first + second) up down (conj success eq_refl) later) |]
  end.

Theorem too_long : statements.too_long.
Proof.
  begin.
  assert (far : 5 / 4 * ln growth <= ln (1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * L * alpha)).
  { assert (ln growth <= ln 2) by (destruct H2 as [H2 | ->]; [apply Rlt_le, ln_increasing |]; lra).
    apply ln_increasing in Hlength; [| lra]. pose proof growth_small. lra. }
  conclude Isuccess Ilater (4 * / low) (- / low).
  - intros X HX. destruct Rlt_dec; [| lra].
    rewrite (longer d L alpha mu gap), (nearer gap) by auto.
    apply accepted_far; auto. assert (ln (left X) < ln gap) by (apply ln_increasing; auto). lra.
  - intros X HX. destruct Rlt_dec; [lra |]. rewrite (shorter d L alpha mu gap growth) by auto.
    apply (rejected_far _ _ _ 0); auto; lra.
  - remember (mean P (fun X => if Rlt_dec (left X) gap then 1 else 0)) as p.
    assert (/ low * (5 * p - 1) <= / low * - low)
      by (apply Rmult_le_compat_l; [apply Rlt_le, Rinv_0_lt_compat; auto | unfold low; lra]).
    rewrite Ropp_mult_distr_r_reverse, Rinv_l in H3 by lra. lra.
Qed.

Theorem too_short : statements.too_short.
Proof.
  begin.
  assert (near : ln (1 / 2 * sqrt 2 * / sqrt (gap * mu) * sqrt (INR d) * L * alpha) <= 0).
  { rewrite <- ln_1. apply Rlt_le, ln_increasing; auto. }
  conclude Isuccess Ilater (- (4 * / high)) (/ high).
  - intros X HX. destruct Rlt_dec; [| lra].
    rewrite (longer d L alpha mu gap), (nearer gap) by auto.
    apply accepted_near; auto.
    assert (ln (left X) < ln gap) by (apply ln_increasing; auto). lra.
  - intros X HX. destruct Rlt_dec; [lra |]. rewrite (shorter d L alpha mu gap growth) by auto.
    apply (rejected_near _ _ _ 0); auto; lra.
  - remember (mean P (fun X => if Rlt_dec (left X) gap then 1 else 0)) as p.
    assert (/ high * (1 - 5 * p) <= / high * - high)
      by (apply Rmult_le_compat_l; [apply Rlt_le, Rinv_0_lt_compat; auto | unfold high; lra]).
    rewrite Ropp_mult_distr_r_reverse, Rinv_l in H3 by lra. lra.
Qed.

Theorem fold : statements.fold.
Proof.
  intros d L growth mu Hd Hmu HmuL H3 H1 H2.
  assert (Hlog : 0 < ln growth) by (rewrite <- ln_1; apply ln_increasing; lra).
  pose proof low_positive as Hlow. pose proof high_positive as Hhigh. pose proof rare_tail. unfold low, high in *.
  assert (H5 := sqrt_lt_R0 5 ltac:(lra)). assert (H55 := sqrt_sqrt 5 ltac:(lra)).
  assert (H5' : sqrt 5 <= 9 / 4) by nra.
  assert (iL : 0 < / L) by (apply Rinv_0_lt_compat; lra). assert (iD : 0 < / INR d) by (apply Rinv_0_lt_compat; lra).
  assert (ratio : mu * / L <= 1) by (apply (Rmult_le_reg_r L); [lra |]; rewrite Rmult_assoc, Rinv_l; lra).
  assert (third : / INR d <= / 3) by (apply Rinv_le_contravar; lra).
  assert (W0 : 0 < sqrt 5 * / L * / INR d * mu) by (repeat apply Rmult_lt_0_compat; lra).
  assert (W1 : sqrt 5 * / L * / INR d * mu <= 3 / 4).
  { replace (sqrt 5 * / L * / INR d * mu) with (sqrt 5 * ((mu * / L) * / INR d)) by ring.
    replace (3 / 4) with (9 / 4 * (1 * / 3)) by field.
    assert (0 < mu * / L) by (apply Rmult_lt_0_compat; lra).
    repeat (apply Rmult_le_compat; try lra). apply Rmult_le_pos; lra. }
  assert (less : 0 < 1 + - 12 / 25 * sqrt 5 * / L * / INR d * mu) by lra.
  assert (more : 0 < 1 + 48 / 25 * sqrt 5 * / L * / INR d * (2 + - 12 / 25 * sqrt 5 * / L * / INR d * mu) * mu).
  { match goal with |- 0 < 1 + ?b =>
      replace b with (48 / 25 * (sqrt 5 * / L * / INR d * mu) * (2 + - 12 / 25 * sqrt 5 * / L * / INR d * mu)) by ring end.
    apply Rplus_lt_0_compat; [lra |]. repeat apply Rmult_lt_0_compat; lra. }
  repeat (refine (conj _ _)); auto; try (apply Rgt_not_eq; lra); try lra.
  match goal with |- ?a <= ?a + ?b => enough (0 < b) by lra end.
  repeat apply Rmult_lt_0_compat; auto using power_positive, exp_pos, Rinv_0_lt_compat; try lra;
    try (apply power_positive; lra).
  assert (0 < / (-1 + 5 / 2 * erfc (1 / 4 * sqrt 2)) * (1 + - 1 / 2 * erfc (3 / 5 * sqrt 2)))
    by (apply Rmult_lt_0_compat; [apply Rinv_0_lt_compat |]; lra).
  assert (0 < 2 * / (1 + - 5 / 2 * erfc (3 / 5 * sqrt 2)) * erfc (3 / 5 * sqrt 2))
    by (repeat apply Rmult_lt_0_compat; try apply Rinv_0_lt_compat; lra).
  lra.
Qed.
