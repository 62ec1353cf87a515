(* So many radii, each half of the one before, that one of them is close to the best. *)

From Coq Require Import Reals Lra Lia Psatz.
From Flocq Require Import Core.
From Lemmas Require Import prelude statements library.

Open Scope R_scope.

Lemma halving n : power 2 (-1 * INR n) = / 2 ^ n.
Proof.
  unfold power. destruct Rlt_dec; [| lra].
  replace (-1 * INR n) with (- INR n) by ring. rewrite Rpower_Ropp, Rpower_pow; lra.
Qed.

(* The last radius that is no shorter than wanted is followed by a shorter one, or is the last but one of all. *)

Lemma crossing (a : nat -> R) wanted n :
  (1 <= n)%nat -> wanted <= a O -> a n <= wanted -> exists j, (j < n)%nat /\ wanted <= a j /\ a (S j) <= wanted.
Proof.
  induction n as [| n IH]; intros Hn H0 H; [lia |].
  destruct (Rle_dec wanted (a n)) as [L | L]; [exists n; auto |].
  destruct n; [lra |]. destruct (IH ltac:(lia) H0 ltac:(lra)) as (j & Hj & P). exists j. split; [lia | auto].
Qed.

Theorem grid : statements.grid.
Proof.
  intros Gamma d J L eps gap mu slope Hd HG HL Hmu Hgap Heps Hslope (_ & _ & _ & Hratio & HJ) above below none.
  pose proof (from_dimension d Hd) as HD.
  assert (G1 : 0 < Gamma (1 / 2 + 1 / 2 * INR d)) by (apply HG; lra).
  assert (G2 : 0 < Gamma (1 / 2 * INR d)) by (apply HG; lra).
  assert (Hpi := sqrt_lt_R0 _ PI_RGT_0). assert (HLgap : 0 < L * gap) by (apply Rmult_lt_0_compat; auto).
  assert (Hfirst := sqrt_lt_R0 _ HLgap). assert (Htwo := sqrt_lt_R0 2 ltac:(lra)).
  assert (Hln : 0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
  set (first := sqrt 2 * sqrt (L * gap)).
  assert (square : first ^ 2 = 2 * L * gap).
  { unfold first. rewrite Rpow_mult_distr, !pow2_sqrt; lra. }
  assert (Hf : 0 < first) by (apply Rmult_lt_0_compat; auto).
  set (a := fun j : nat => first * / 2 ^ j).
  assert (many : / eps * / mu * L * gap <= (2 ^ J) ^ 2).
  { apply Rnot_lt_le. intros C. apply ln_increasing in C; [| apply pow_lt, pow_lt; lra].
    rewrite !ln_pow in C by (try apply pow_lt; lra). change (INR 2) with 2 in C.
    assert (ceiling (1 / 2 * / ln 2 * ln (/ eps * / mu * L * gap)) <= INR J) by (rewrite HJ; apply Rmax_r).
    pose proof (Zceil_ub (1 / 2 * / ln 2 * ln (/ eps * / mu * L * gap))) as U. unfold ceiling in H.
    assert (ln (/ eps * / mu * L * gap) <= 2 * (INR J * ln 2)); [| lra].
    replace (ln (/ eps * / mu * L * gap)) with
      (2 * (1 / 2 * / ln 2 * ln (/ eps * / mu * L * gap) * ln 2)) by (field; lra).
    apply Rmult_le_compat_l; [lra |]. apply Rmult_le_compat_r; lra. }
  destruct (crossing a slope J) as (j & Hj & longer & shorter).
  - apply INR_le. rewrite HJ. simpl. apply Rmax_l.
  - unfold a. simpl. rewrite Rinv_1, Rmult_1_r. apply by_squares; lra.
  - unfold a. assert (0 < 2 ^ J) by (apply pow_lt; lra).
    apply (Rmult_le_reg_r (2 ^ J)); auto. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    apply by_squares; [apply Rmult_le_pos; lra |]. rewrite square, Rpow_mult_distr.
    replace (2 * L * gap) with (2 * eps * mu * (/ eps * / mu * L * gap)) by (field; lra).
    apply Rmult_le_compat; auto; repeat apply Rmult_le_pos; auto using Rlt_le, Rinv_0_lt_compat; lra.
  - apply (none j). split; [apply lt_INR; auto |]. rewrite halving.
    assert (scale : 0 < / sqrt PI * / L * / Gamma (1 / 2 + 1 / 2 * INR d) * Gamma (1 / 2 * INR d))
      by (repeat apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat).
    unfold a in longer, shorter.  simpl in shorter. rewrite Rinv_mult in shorter by (try apply pow_nonzero; lra).
    remember (/ 2 ^ j) as part.
    remember (/ sqrt PI * / L * / Gamma (1 / 2 + 1 / 2 * INR d) * Gamma (1 / 2 * INR d)) as m.
    repeat split; try lra.
    + match goal with |- ?l <= ?r => replace l with (2 / 3 * (m * slope)) by (rewrite Heqm; ring);
        replace r with (2 / 3 * (m * (first * part))) by (rewrite Heqm; unfold first; ring) end.
      apply Rmult_le_compat_l, Rmult_le_compat_l; lra.
    + match goal with |- ?l <= ?r => replace r with (2 / 3 * (m * (2 * slope))) by (rewrite Heqm; field; lra);
        replace l with (2 / 3 * (m * (first * part))) by (rewrite Heqm; unfold first; ring) end.
      apply Rmult_le_compat_l, Rmult_le_compat_l; lra.
Qed.
