(* The hypotheses of each lemma hold somewhere: mostly for f = 0 on the line, a fair coin, and a single sample. *)

From Coq Require Import Reals Lra Lia Psatz FunctionalExtensionality.
From Flocq Require Import Core.
From Lemmas Require Import prelude statements library tails.

Open Scope R_scope.

(* A law with finitely many points. *)

Definition finite {S} n (weight : nat -> R) (point : nat -> S) :
  (forall i, 0 <= weight i) -> total n weight = 1 -> law S.
Proof.
  intros nonnegative one.
  refine {| integrable := fun _ => True; mean := fun f => total n (fun i => weight i * f (point i)) |}; auto.
  - intros c. rewrite (total_same _ _ (fun i => c * weight i)) by (intros; ring).
    rewrite total_scale, one. ring.
  - intros c f g _ _. rewrite <- total_scale, <- total_plus. apply total_same. intros; ring.
  - intros f g _ _ H. clear one. induction n; simpl; [lra |].
    assert (weight n * f (point n) <= weight n * g (point n)) by (apply Rmult_le_compat_l; auto). lra.
Defined.

Definition single : law unit.
Proof. refine (finite 1 (fun _ => 1) (fun _ => tt) _ _); [intros; lra | simpl; ring]. Defined.

Definition coin : law vec.
Proof.
  refine (finite 2 (fun _ => 1 / 2) (fun i => match i with O => fun _ => 1 | _ => fun _ => -1 end) _ _);
    [intros; lra | simpl; lra].
Defined.

Definition gamma x := if Req_EM_T x (1 / 2) then sqrt PI else 1.

Lemma gamma_positive x : 0 < x -> 0 < gamma x.
Proof. intros _. unfold gamma. destruct Req_EM_T; [apply sqrt_lt_R0, PI_RGT_0 | lra]. Qed.

Lemma inner_zero d a : inner d a vzero = 0.
Proof. unfold inner, vzero. induction d; simpl; [auto | rewrite IHd; ring]. Qed.

Lemma coin_symmetric (phi : vec -> R) : mean coin phi = mean coin (fun u => phi (vscale (-1) u)).
Proof.
  simpl. replace (vscale (-1) (fun _ => 1)) with (fun _ : nat => -1) by
    (apply functional_extensionality; intros; unfold vscale; ring).
  replace (vscale (-1) (fun _ => -1)) with (fun _ : nat => 1) by
    (apply functional_extensionality; intros; unfold vscale; ring). ring.
Qed.

Lemma coin_length (a : vec) : mean coin (fun u => Rabs (inner 1 u a)) =
  / sqrt PI * sqrt (inner 1 a a) * sqrt (INR 1) * / gamma (1 / 2 + 1 / 2 * INR 1) * gamma (1 / 2 * INR 1).
Proof.
  unfold coin, finite, mean, inner, total, gamma. simpl INR. cbv iota.
  destruct (Req_EM_T (1 / 2 + 1 / 2 * 1) (1 / 2)); [lra |]. destruct (Req_EM_T (1 / 2 * 1) (1 / 2)); [| lra].
  assert (H := sqrt_lt_R0 _ PI_RGT_0). rewrite sqrt_1, !Rplus_0_l.
  replace (sqrt (a O * a O)) with (Rabs (a O)) by (rewrite <- sqrt_Rsqr_abs; reflexivity).
  replace (-1 * a O) with (- a O) by ring. rewrite Rabs_Ropp, Rmult_1_l. field. lra.
Qed.

Lemma gamma_not_zero x : gamma x <> 0.
Proof. unfold gamma. destruct Req_EM_T; [apply Rgt_not_eq, sqrt_lt_R0, PI_RGT_0 | lra]. Qed.

Ltac flat := intros; cbv beta; rewrite ?inner_zero; lra.
Ltac settle := repeat (refine (conj _ _) || intros); auto using gamma_positive, gamma_not_zero, coin_symmetric,
  coin_length, inner_nonnegative, Rle_refl; try flat; try (simpl; unfold inner, vzero, vplus, vscale; simpl; lra).

Theorem decrease : statements.decrease_somewhere.
Proof.
  exists gamma, 1%nat, (fun _ => 0), coin, vzero, 0, 1, (fun _ => vzero). settle.
Qed.

Theorem minibatch_pair : statements.minibatch_pair_somewhere.
Proof.
  exists unit, 1%nat, (fun _ _ => 0), (fun _ => 0), single, (fun _ => 1), vzero, 0, 1, (fun _ _ => vzero), (fun _ => vzero).
  settle.
Qed.

Theorem minibatch_decrease : statements.minibatch_decrease_somewhere.
Proof.
  exists unit, gamma, 1%nat, (fun _ _ => 0), (fun _ => 0), single, coin, vzero, 0, 1, (fun _ _ => vzero), (fun _ => vzero).
  settle.
Qed.

Lemma smaller_powers n : total n (fun t => / sqrt (1 + INR t) ^ 5) <= 2.
Proof.
  enough (H : forall n, (1 <= n)%nat -> total n (fun t => / sqrt (1 + INR t) ^ 5) <= 2 - / INR n).
  { destruct n; [simpl; lra |]. specialize (H (S n) ltac:(lia)).
    assert (0 < / INR (S n)) by (apply Rinv_0_lt_compat, lt_0_INR; lia). lra. }
  clear n. induction n as [| [| n] IH]; intros H; [lia | |].
  - simpl. rewrite Rplus_0_r, sqrt_1. lra.
  - change (total (S (S n)) ?a) with (total (S n) a + a (S n)). specialize (IH ltac:(lia)).
    rewrite (S_INR (S n)). assert (Hn : 0 < INR (S n)) by (apply lt_0_INR; lia).
    remember (INR (S n)) as m. cbv beta.
    assert (Hq := sqrt_lt_R0 (1 + m) ltac:(lra)). assert (Hqq := sqrt_sqrt (1 + m) ltac:(lra)).
    assert (1 <= sqrt (1 + m)) by (rewrite <- sqrt_1 at 1; apply sqrt_le_1; lra).
    remember (sqrt (1 + m)) as q.
    assert (/ q ^ 5 <= / ((m + 1) * (m + 1))).
    { apply Rinv_le_contravar; [nra |]. replace (q ^ 5) with ((q * q) * (q * q) * q) by ring.
      rewrite Hqq. nra. }
    assert (/ ((m + 1) * (m + 1)) <= / m - / (m + 1)).
    { replace (/ m - / (m + 1)) with (/ (m * (m + 1))) by (field; lra). apply Rinv_le_contravar; nra. }
    rewrite Heqm in *. lra.
Qed.

Theorem telescoping : statements.telescoping_somewhere.
Proof.
  exists (fun _ => 2), 1%nat, (fun _ => vzero), (fun _ => vzero), (fun _ => 0), vzero, 1%nat, 1, 1, 1, 1, 1, 1, 1.
  assert (positive : forall t, 0 < 1 + INR t) by (intros t; pose proof (pos_INR t); lra).
  assert (inverse : forall t, 0 < / (1 + INR t)) by (intros; apply Rinv_0_lt_compat; auto).
  assert (square : forall t, 0 < / (1 + INR t) ^ 2) by (intros; apply Rinv_0_lt_compat, pow_lt; auto).
  repeat (refine (conj _ _) || intros); auto using smaller_powers;
    try (apply Rgt_not_eq, positive); try (apply Rgt_not_eq; lra); try (simpl; lra).
  all: pose proof (square v1); pose proof (inverse v1); expand; rewrite ?inner_zero, ?sqrt_1; lra.
Qed.

Theorem grid : statements.grid_somewhere.
Proof.
  exists (fun _ => 1), 1%nat, 1%nat, 1, 1, 1, 1, (sqrt 2).
  assert (0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
  repeat (refine (conj _ _) || intros); auto; try (apply Rgt_not_eq; lra); try lra.
  - apply sqrt_lt_R0; lra.
  - rewrite Rinv_1, !Rmult_1_r, ln_1, Rmult_0_r. unfold ceiling. rewrite Zceil_IZR, Rmax_left; simpl; lra.
  - rewrite pow2_sqrt; lra.
  - rewrite pow2_sqrt; lra.
Qed.

Lemma root_of_two : 1.4 < sqrt 2 < 1.5.
Proof. assert (H := sqrt_sqrt 2 ltac:(lra)). assert (0 <= sqrt 2) by apply sqrt_pos. split; nra. Qed.

Ltac numbers :=
  pose proof rare_tail; pose proof often_tail; pose proof root_of_two;
  assert (0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra);
  repeat (refine (conj _ _) || intros); auto using Rle_refl; try exact I; try (apply Rgt_not_eq; lra); try lra;
  simpl INR; rewrite ?Rmult_1_l, ?Rmult_1_r, ?Rinv_1, ?sqrt_1;
  rewrite ?Rmult_1_l, ?Rmult_1_r, ?Rinv_1; try lra.

Theorem too_long : statements.too_long_somewhere.
Proof.
  exists unit, 1%nat, (fun _ => 2), single, 1, 10, 1, (2 * / (1 + - 5 / 2 * erfc (3 / 5 * sqrt 2)) * / ln 2), 1, 2, 1.
  numbers.
  - simpl. destruct Rlt_dec; lra.
  - assert (P := power_positive 2 (-1 / 4) ltac:(lra)). repeat apply Rmult_lt_0_compat; lra.
Qed.

Theorem too_short : statements.too_short_somewhere.
Proof.
  exists unit, 1%nat, (fun _ => 1 / 2), single, 1, 1, 1, (2 * / (1 + - 5 / 2 * erfc (3 / 5 * sqrt 2)) * / ln 2), 1, 2, 1.
  numbers.
  - simpl. destruct Rlt_dec; lra.
  - assert (P := sqrt_lt_R0 (1 / 2) ltac:(lra)). repeat apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat; lra.
Qed.

Theorem fold : statements.fold_somewhere.
Proof. exists 3%nat, 1, 2, 1. repeat (refine (conj _ _)); auto; simpl; lra. Qed.

Theorem tails : statements.tails_somewhere.
Proof. exact I. Qed.
